using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using WsBalancer.BackendSample.Presence;
using WsBalancer.BackendSample.Tests.Support;

namespace WsBalancer.BackendSample.Tests.Presence;

/// <summary>Requests and pushes of presence, as a client has them.</summary>
internal static class PresenceClient
{
    /// <summary>Requests the users of the room, each as <c>USER DEVICES NODE,NODE</c>.</summary>
    public static async Task<string> RequestAsync(TestClient client)
    {
        await client.SendAsync("""{"type":"presence","room":"r"}""");
        var answer = JsonElement.Parse(await client.ReceiveTextAsync());
        Assert.Equal("presence", answer.GetProperty("type").GetString());
        var users = string.Join("; ", answer.GetProperty("users").EnumerateArray().Select(Text));
        return answer.TryGetProperty("partial", out _) ? $"{users} (partial)" : users;
    }

    /// <summary>Requests the users of the room until they are as expected, while the time passes.</summary>
    public static Task UntilAsync(TestClient client, string users, FakeTimeProvider time) => Deadline.UntilAsync(
        async () =>
        {
            time.Advance(PresenceWriter.Interval);
            return await RequestAsync(client) == users;
        },
        $"the users are {users}");

    /// <summary>Lets the time pass until a node has published changes.</summary>
    public static Task PublishedAsync(TestNode node, long writes, FakeTimeProvider time) => Deadline.UntilAsync(
        () =>
        {
            time.Advance(PresenceWriter.Interval);
            return node.Presence.Writes >= writes;
        },
        $"{writes} changes are published");

    /// <summary>
    /// Receives a message to the room: then the notices that were published before it are received too.
    /// </summary>
    public static async Task ReceiveRoomMessageAsync(TestClient sender, params TestClient[] members)
    {
        await sender.SendAsync("""{"type":"room","room":"r","data":1}""");
        foreach (var member in members)
        {
            Assert.Contains("\"data\":1", await member.ReceiveTextAsync(), StringComparison.Ordinal);
        }
    }

    /// <summary>Receives a push: the users who have joined, then those who have left.</summary>
    public static async Task<(string Joined, string Left)> ReceivePushAsync(TestClient client)
    {
        var push = JsonElement.Parse(await client.ReceiveTextAsync());
        Assert.Equal("presence", push.GetProperty("type").GetString());
        return (
            string.Join("; ", push.GetProperty("joined").EnumerateArray().Select(Text)),
            string.Join("; ", push.GetProperty("left").EnumerateArray().Select(user => user.GetString())));
    }

    private static string Text(JsonElement user) =>
        $"{user.GetProperty("user")} {user.GetProperty("devices")} "
        + string.Join(',', user.GetProperty("nodes").EnumerateArray());
}
