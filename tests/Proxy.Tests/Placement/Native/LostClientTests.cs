using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using WsBalancer.Proxy.Telemetry;
using WsBalancer.Proxy.Tests.Sockets.Loops;
using WsBalancer.Proxy.Tests.Telemetry;
using WsBalancer.Sockets.Transport;

namespace WsBalancer.Proxy.Tests.Placement.Native;

public sealed class LostClientTests
{
    [Theory]
    [ClassData<Engines>]
    public async Task AClientThatDisconnectsAsItIsAnswered_IsATunnelThatEndsAtOnce(string engine)
    {
        await using var node = new TestNode("ws-1");
        await using var app = BalancerApp.Build(
            ChatSettings.Of(("ws-1", node.Address)).With("WsBalancer:Sockets:Engine", engine),
            map: mapped =>
            {
                mapped.Use((context, next) =>
                {
                    context.Features.Set<IHttpUpgradeFeature>(new DisconnectedOnceAnswered(context));
                    return next(context);
                });
                mapped.MapWsBalancer();
            },
            host: host => host.UseWsBalancerSockets());
        await app.StartAsync();

        // The client may or may not receive the response.
        _ = await Record.ExceptionAsync(() => app.HandshakeAsync("/ws?user=alice"));

        Scrape scrape = null!;
        await Deadline.Until("it was a tunnel", async () =>
        {
            scrape = await Scrape.OfAsync(app.Get<BalancerRegistry>());
            return scrape["wsbalancer_tunnels_opened_total{cluster=\"chat\",node=\"ws-1\"}"] == 1;
        });
        await Deadline.Until("it is over", () => app.Tunnels.Count == 0);
        scrape = await Scrape.OfAsync(app.Get<BalancerRegistry>());
        Assert.Equal(
            1, scrape["wsbalancer_tunnels_closed_total{cluster=\"chat\",node=\"ws-1\",reason=\"client_lost\"}"]);
        Assert.Equal(
            1, scrape["wsbalancer_handshakes_total{cluster=\"chat\",node=\"ws-1\",outcome=\"accepted\"}"]);
    }

    private sealed class DisconnectedOnceAnswered(HttpContext context) : IHttpUpgradeFeature
    {
        private readonly IHttpUpgradeFeature _server = context.Features.GetRequiredFeature<IHttpUpgradeFeature>();

        public bool IsUpgradableRequest => _server.IsUpgradableRequest;

        public async Task<Stream> UpgradeAsync()
        {
            var stream = await _server.UpgradeAsync();
            context.Features.GetRequiredFeature<LoopConnection>().Abort(new ConnectionAbortedException("It is gone."));
            return stream;
        }
    }
}
