using System.Net;
using WsBalancer.Proxy.Tests.Placement;

namespace WsBalancer.Proxy.Tests.Closing;

/// <summary>The stop of a whole application: its two hosts stop one after the other.</summary>
public sealed class StopTests
{
    [Fact]
    public async Task Stop_ServesForTheDelay_ClosesTunnels_AndStopsTheAdminHostLast()
    {
        await using var nodes = await TwoNodes.StartAsync(settings: all => all.With("WsBalancer:Shutdown:Delay", "5s"));
        var app = nodes.App;
        using var open = await nodes.HandshakeAsync();
        await HandshakeTests.AssertEchoAsync(open);

        var stop = app.StopAsync();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await ReadyAsync(app));
        using (var late = await nodes.HandshakeAsync())
        {
            await HandshakeTests.AssertEchoAsync(late);
        }

        await Deadline.Until("the late one's end", () => app.Tunnels.Count == 1);
        app.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal([0x88, 1001 >> 8, 1001 & 0xff], await ReadCloseAsync(app, open));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await ReadyAsync(app));

        open.Dispose();
        await Deadline.Until("the end", () =>
        {
            app.Time.Advance(TimeSpan.FromMilliseconds(10));
            return stop.IsCompleted;
        });
        await stop;
        await Assert.ThrowsAsync<HttpRequestException>(() => nodes.HandshakeAsync());
    }

    private static async Task<HttpStatusCode> ReadyAsync(BalancerApp app)
    {
        using var response = await app.SendAsync("/readyz");
        return response.StatusCode;
    }

    // Reads the first byte of the Close frame, and its code.
    private static async Task<byte[]> ReadCloseAsync(BalancerApp app, HttpResponseMessage tunnel)
    {
        var stream = await tunnel.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        var head = new byte[4];
        var read = stream.ReadExactlyAsync(head, TestContext.Current.CancellationToken).AsTask();
        await Deadline.Until("a Close frame", () =>
        {
            app.Time.Advance(TimeSpan.FromMilliseconds(10));
            return read.IsCompleted;
        });
        await read;
        return [head[0], head[2], head[3]];
    }
}
