using System.Text.Json;
using WsBalancer.BackendSample.Tests.Support;

namespace WsBalancer.BackendSample.Tests.History;

/// <summary>A member of room "r" who stores messages in it and requests them.</summary>
internal sealed class HistoryClient : IDisposable
{
    private readonly TestClient _client;

    private HistoryClient(TestClient client) => _client = client;

    public static async Task<HistoryClient> JoinedAsync(TestNode node, string user) =>
        new(await TestClient.MemberAsync(node.Address, user));

    /// <summary>Stores a message in the room for each data, as JSON.</summary>
    /// <returns>The messages, as they were delivered.</returns>
    public async Task<List<string>> StoreAsync(params IEnumerable<string> data)
    {
        var delivered = new List<string>();
        foreach (var json in data)
        {
            await _client.SendAsync($$"""{"type":"room","room":"r","id":"{{Guid.NewGuid()}}","data":{{json}}}""");
            string[] received = [await _client.ReceiveTextAsync(), await _client.ReceiveTextAsync()];
            delivered.Add(Assert.Single(
                received, text => text.StartsWith("""{"type":"room",""", StringComparison.Ordinal)));
        }

        return delivered;
    }

    public Task<List<string>> StoreAsync(int count) =>
        StoreAsync(Enumerable.Range(1, count).Select(number => $"{number}"));

    /// <summary>Sends a request with these fields, without the braces around them.</summary>
    public async Task<JsonElement> RequestAsync(string fields)
    {
        await _client.SendAsync($"{{{fields}}}");
        return JsonElement.Parse(await _client.ReceiveTextAsync());
    }

    public Task<JsonElement> HistoryAsync(string fields = "") => RequestAsync($"""
        "type":"history","room":"r"{(fields is "" ? "" : $",{fields}")}
        """);

    public Task<JsonElement> SearchAsync(string text, string fields = "") => RequestAsync($"""
        "type":"search","room":"r","text":"{text}"{(fields is "" ? "" : $",{fields}")}
        """);

    public Task<string> ReceiveTextAsync() => _client.ReceiveTextAsync();

    public void Dispose() => _client.Dispose();
}

/// <summary>Reads the answers.</summary>
internal static class HistoryAnswers
{
    /// <summary>The messages, each as its text.</summary>
    public static List<string> Messages(this JsonElement answer) =>
        [.. answer.GetProperty("messages").EnumerateArray().Select(message => message.GetRawText())];

    public static List<int> Offsets(this JsonElement answer) =>
        [.. answer.GetProperty("messages").EnumerateArray().Select(item => item.GetProperty("offset").GetInt32())];
}
