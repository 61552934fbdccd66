using System.Net;
using System.Text.Json;
using WsBalancer.BackendSample.Tests.Support;

namespace WsBalancer.BackendSample.Tests.Serving;

public sealed class StatsTests
{
    [Fact]
    public async Task Stats_CountConnectionsUsersRoomsAndDevices_UntilTheyEnd()
    {
        await using var node = await TestNode.StartAsync();
        using var phone = new TestClient();
        await phone.ConnectToAsync(node.Address, "/ws?user=alice&device=ios");
        await phone.ReceiveTextAsync();
        using var laptop = await TestClient.WelcomedAsync(node.Address, "alice");
        using var bob = new TestClient();
        await bob.ConnectToAsync(node.Address, "/ws?user=bob&device=ios");
        await bob.ReceiveTextAsync();
        await phone.JoinAsync("r");
        await bob.JoinAsync("r");

        var stats = JsonElement.Parse(await ReadAsync(node, "/stats"));

        Assert.Equal(3, stats.GetProperty("connections").GetInt32());
        Assert.Equal(2, stats.GetProperty("users").GetInt32());
        Assert.Equal(2, stats.GetProperty("rooms").GetProperty("r").GetInt32());
        Assert.Equal(2, stats.GetProperty("devices").GetProperty("ios").GetInt32());
        Assert.Equal(0, stats.GetProperty("queuedBytes").GetInt32());
        Assert.Equal(0, stats.GetProperty("shed").GetProperty("room").GetInt32());
        Assert.Equal("local", stats.GetProperty("bus").GetProperty("kind").GetString());
        Assert.Equal(3, stats.GetProperty("bus").GetProperty("channels").GetInt32());
        phone.Socket.Abort();
        bob.Socket.Abort();
        await Deadline.UntilAsync(
            async () => JsonElement.Parse(await ReadAsync(node, "/stats")) is var now
                && now.GetProperty("users").GetInt32() == 1
                && now.GetProperty("bus").GetProperty("channels").GetInt32() == 1
                && now.GetProperty("rooms").EnumerateObject().Any() is false
                && now.GetProperty("devices").EnumerateObject().Any() is false,
            "only the laptop is connected");
    }

    [Fact]
    public async Task Metrics_HaveTheSameNumbers_ForPrometheus()
    {
        await using var node = await TestNode.StartAsync();
        using var phone = new TestClient();
        await phone.ConnectToAsync(node.Address, "/ws?user=alice&device=ios");
        await phone.ReceiveTextAsync();

        var lines = (await ReadAsync(node, "/metrics")).Split('\n');

        Assert.Contains("wsnode_connections 1", lines);
        Assert.Contains("wsnode_users 1", lines);
        Assert.Contains("wsnode_device_connections{device=\"ios\"} 1", lines);
        Assert.Contains("wsnode_shed_messages_total{priority=\"room\"} 0", lines);
        Assert.Contains("wsnode_bus_available{bus=\"local\"} 1", lines);
    }

    [Theory]
    [InlineData("/ws?user=a&since=nonsense", "'since'")]
    [InlineData("/ws?user=a&since=e:-1", "'since'")]
    [InlineData("/ws?user=a&device=123456789012345678901234567890123", "'device'")]
    public async Task AWrongHandshake_IsRefusedWith400_AndNamesTheField(string path, string field)
    {
        await using var node = await TestNode.StartAsync();
        using var http = new HttpClient { BaseAddress = node.Address };

        using var response = await Handshake.SendAsync(http, path);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(field, await response.Content.ReadAsStringAsync(Deadline.Token), StringComparison.Ordinal);
    }

    private static async Task<string> ReadAsync(TestNode node, string path)
    {
        using var http = new HttpClient();
        return await http.GetStringAsync(new Uri(node.Address, path), Deadline.Token);
    }
}
