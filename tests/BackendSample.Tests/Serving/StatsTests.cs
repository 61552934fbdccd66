using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using WsBalancer.BackendSample.Channels;
using WsBalancer.BackendSample.Messaging;
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
        Assert.Contains("wsnode_bus_available{bus=\"local\"} 1", lines);
    }

    [Fact]
    public async Task StatsAndMetrics_CountQueuedBytesShedMessagesAndTheBus()
    {
        await using var node = await TestNode.StartAsync(
            TestNode.Options with { BatchDelay = TimeSpan.FromSeconds(1) },
            services => services
                .AddSingleton<TimeProvider>(new FakeTimeProvider()).AddSingleton<IMessageBus>(new FakeBus()));
        using var client = await TestClient.ConnectAsync(node.Address, "alice");
        await client.SendAsync("""{"type":"join","room":"r"}""");
        await Deadline.UntilAsync(
            async () => JsonElement.Parse(await ReadAsync(node, "/stats")).GetProperty("rooms").TryGetProperty(
                "r", out _),
            "alice is a member");
        node.Presence.AddWrites(5);
        node.Presence.AddPush();
        node.Shed.Add(Priority.Room);
        node.Shed.Add(Priority.Ephemeral);
        node.Shed.Add(Priority.Ephemeral);

        var stats = JsonElement.Parse(await ReadAsync(node, "/stats"));
        var lines = (await ReadAsync(node, "/metrics")).Split('\n');

        // Both messages wait for others to the same client.
        var queued = new[] { ServerMessage.Welcome("ws-1", "alice"), ServerMessage.Joined("r") }.Sum(
            message => Delivery.Control(message).Cost);
        Assert.Equal(queued, stats.GetProperty("queuedBytes").GetInt32());
        Assert.Equal("""{"direct":0,"ephemeral":2,"room":1}""", stats.GetProperty("shed").ToString());
        Assert.Equal(
            """{"kind":"redis","available":false,"channels":2,"received":7}""", stats.GetProperty("bus").ToString());
        Assert.Equal("""{"writes":5,"pushes":1}""", stats.GetProperty("presence").ToString());
        Assert.Contains("wsnode_presence_writes_total 5", lines);
        Assert.Contains("wsnode_presence_pushes_total 1", lines);
        Assert.Contains("wsnode_rooms 1", lines);
        Assert.Contains($"wsnode_queued_bytes {queued}", lines);
        Assert.Contains("wsnode_shed_messages_total{priority=\"ephemeral\"} 2", lines);
        Assert.Contains("wsnode_bus_available{bus=\"redis\"} 0", lines);
        Assert.Contains("wsnode_bus_channels{bus=\"redis\"} 2", lines);
        Assert.Contains("wsnode_bus_received_messages_total{bus=\"redis\"} 7", lines);
    }

    [Fact]
    public async Task ADeviceWithOtherCharacters_IsCountedAsOther()
    {
        await using var node = await TestNode.StartAsync();
        using var television = new TestClient();
        await television.ConnectToAsync(node.Address, "/ws?user=alice&device=Smart%20TV");
        await television.ReceiveTextAsync();

        var stats = JsonElement.Parse(await ReadAsync(node, "/stats"));

        Assert.Equal("""{"other":1}""", stats.GetProperty("devices").ToString());
    }

    [Fact]
    public async Task ADeviceWithoutConnections_HasNoMetric()
    {
        const string Metric = "wsnode_device_connections{device=\"ios\"}";
        await using var node = await TestNode.StartAsync();
        using var phone = new TestClient();
        await phone.ConnectToAsync(node.Address, "/ws?user=alice&device=ios");
        await phone.ReceiveTextAsync();
        Assert.Contains(Metric, await ReadAsync(node, "/metrics"), StringComparison.Ordinal);

        phone.Socket.Abort();

        await Deadline.UntilAsync(
            async () => !(await ReadAsync(node, "/metrics")).Contains(Metric, StringComparison.Ordinal),
            "the metric is removed");
    }

    [Fact]
    public async Task ARoomWhoseOnlyMemberStillWaits_IsNotCounted()
    {
        var store = new FakeStore();
        await using var node = await TestNode.StartAsync(
            TestNode.Options, services => services.AddSingleton<IMessageStore>(store));
        using var client = await TestClient.WelcomedAsync(node.Address, "alice");

        await client.SendAsync("""{"type":"join","room":"r","since":null}""");

        await Deadline.UntilAsync(() => store.Reads == 1, "the member waits for the stored messages");
        var stats = JsonElement.Parse(await ReadAsync(node, "/stats"));
        Assert.Equal("{}", stats.GetProperty("rooms").ToString());
        store.Answer(0);
        Assert.Contains("joined", await client.ReceiveTextAsync(), StringComparison.Ordinal);
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
