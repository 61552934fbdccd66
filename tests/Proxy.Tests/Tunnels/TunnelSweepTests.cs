using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Tests.Tunnels;

public sealed class TunnelSweepTests
{
    [Theory]
    [InlineData("IdleClient")]
    [InlineData("IdleNode")]
    public async Task Tunnel_WithASideThatIsSilentForTooLong_IsClosedWith1001(string limit)
    {
        await using var node = new TestNode("ws-1");
        await using var app = await BalancerApp.StartAsync(
            ChatSettings.Of(("ws-1", node.Address)).With($"{ChatSettings.Ours}Tunnels:{limit}", "60s"));
        using var response = await app.HandshakeAsync("/?user=alice");
        await using var client = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        var tunnel = await app.TheTunnelAsync();

        app.Time.Advance(TimeSpan.FromSeconds(60));
        Assert.False(tunnel.IsClosing);
        app.Time.Advance(TimeSpan.FromSeconds(1));

        var frame = new byte[8];
        await client.ReadExactlyAsync(frame, TestContext.Current.CancellationToken);
        Assert.Equal([0x88, 6, 0x03, 0xe9, .. "idle"u8], frame);

        // The client does not answer, nor does the node answer the Close that follows: both are cut.
        app.Time.Advance(TimeSpan.FromSeconds(5));
        app.Time.Advance(TimeSpan.FromSeconds(1));
        await Deadline.Until("the end", () => app.Tunnels.Count == 0);
        Assert.Equal(1, app.Node("ws-1").Ledger.Read().Closed[(int)TunnelEnd.Idle]);
    }

    [Fact]
    public async Task Tunnel_WithoutALimit_IsNeverIdle()
    {
        await using var node = new TestNode("ws-1");
        await using var app = await BalancerApp.StartAsync(ChatSettings.Of(("ws-1", node.Address)));
        using var response = await app.HandshakeAsync("/?user=alice");
        var tunnel = await app.TheTunnelAsync();

        app.Time.Advance(TimeSpan.FromDays(2));

        Assert.False(tunnel.IsClosing);
    }
}
