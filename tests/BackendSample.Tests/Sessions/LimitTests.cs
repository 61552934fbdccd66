using WsBalancer.BackendSample.Sessions;
using WsBalancer.BackendSample.Tests.Support;

namespace WsBalancer.BackendSample.Tests.Sessions;

public sealed class LimitTests
{
    private const int Limit = 10_000;

    [Fact]
    public async Task AMessageAtTheLimit_IsEchoed_AndOneAboveClosesWith1009()
    {
        await using var node = await TestNode.StartAsync(TestNode.Options with { MaxMessageBytes = Limit });
        using var client = await TestClient.WelcomedAsync(node.Address, "alice");

        await client.SendAsync(new byte[Limit]);
        Assert.Equal(Limit, (await client.ReceiveAsync()).Bytes.Length);
        await client.SendAsync(new byte[Limit + 1]);

        Assert.Equal((1009, "message too big"), await client.ReceiveCloseAsync());
    }

    [Fact]
    public async Task ATextAboveTheLimit_ClosesWith1009_ThoughItsRestStillArrives()
    {
        await using var node = await TestNode.StartAsync(TestNode.Options with { MaxMessageBytes = Limit });
        using var client = await TestClient.WelcomedAsync(node.Address, "alice");

        await client.SendAsync(new string('x', 100 * Limit));

        Assert.Equal((1009, "message too big"), await client.ReceiveCloseAsync());
        await Deadline.UntilAsync(() => node.Sessions.Count == 0, "the session has ended");
    }

    [Fact]
    public async Task ASlowConsumer_IsClosedWith4008_AndOthersAreNotHeldUp()
    {
        await using var node = await TestNode.StartAsync(TestNode.Options with { MaxQueueBytes = 64 * 1024 });
        using var slow = await TestClient.WelcomedAsync(node.Address, "slow");
        using var sender = await TestClient.WelcomedAsync(node.Address, "sender");
        var message = $$"""{"type":"direct","to":"slow","data":"{{new string('x', 100_000)}}"}""";

        // More than all socket buffers between client and node.
        for (var sent = 0; sent < 300; sent++)
        {
            await sender.SendAsync(message);
        }

        await sender.SendAsync("""{"type":"echo"}""");
        Assert.Equal("""{"type":"echo"}""", await sender.ReceiveTextAsync());
        Assert.Equal((4008, "slow consumer"), await slow.ReceiveCloseAsync());
    }

    [Fact]
    public async Task ASlowConsumerThatNeverReads_IsCutOff()
    {
        await using var node = await TestNode.StartAsync(TestNode.Options with
        {
            MaxQueueBytes = 64 * 1024,
            CloseTimeout = TimeSpan.FromMilliseconds(200),
        });
        using var slow = await TestClient.WelcomedAsync(node.Address, "slow");
        using var sender = await TestClient.WelcomedAsync(node.Address, "sender");
        var message = $$"""{"type":"direct","to":"slow","data":"{{new string('x', 100_000)}}"}""";

        for (var sent = 0; sent < 300; sent++)
        {
            await sender.SendAsync(message);
        }

        await Deadline.UntilAsync(() => node.Sessions.Count == 1, "the slow session has ended");
    }

    [Fact]
    public async Task AMessageAboveTheQueueLimit_ReachesAClientThatReads()
    {
        await using var node = await TestNode.StartAsync(TestNode.Options with { MaxQueueBytes = 1024 });
        using var client = await TestClient.WelcomedAsync(node.Address, "alice");
        var payload = new string('x', 500_000);
        // The reply proves that the welcome message has left the queue.
        await client.SendAsync("""{"type":"join","room":"r"}""");
        await client.ReceiveTextAsync();

        await client.SendAsync($$"""{"type":"direct","to":"alice","data":"{{payload}}"}""");

        Assert.Contains(payload, await client.ReceiveTextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OneRoomTooMany_IsRefused()
    {
        await using var node = await TestNode.StartAsync();
        using var client = await TestClient.WelcomedAsync(node.Address, "alice");
        for (var room = 0; room < RoomMembership.MaxRooms; room++)
        {
            await client.JoinAsync($"r{room}");
        }

        await client.SendAsync("""{"type":"join","room":"one-more"}""");

        Assert.Equal(
            """{"type":"error","reason":"a member of 128 rooms already: leave one first"}""",
            await client.ReceiveTextAsync());
    }

    [Fact]
    public async Task ASilentClientWhosePongsStop_IsLost()
    {
        await using var node = await TestNode.StartAsync(TestNode.Options with
        {
            KeepAliveInterval = TimeSpan.FromMilliseconds(100),
            KeepAliveTimeout = TimeSpan.FromMilliseconds(200),
        });

        // A .NET client answers pings only while it receives; this client does not receive after the welcome message.
        using var client = await TestClient.WelcomedAsync(node.Address, "alice");

        await Deadline.UntilAsync(() => node.Sessions.Count == 0, "the session is lost");
    }
}
