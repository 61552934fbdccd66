using Microsoft.Extensions.Logging.Abstractions;
using WsBalancer.Proxy.Closing;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Tests.Closing;

public sealed class LifetimeWorkerTests
{
    [Fact]
    public async Task Tunnels_AreClosedAtTheirAge_AtThePaceOfADrain()
    {
        await using var app = BalancerApp.Build(ChatSettings.OfNodes("ws-1")
            .With(ChatSettings.Ours + "Drain:RatePerSecond", "10")
            .With(ChatSettings.Ours + "Drain:CloseCode", "4000"));
        using var worker = new LifetimeWorker(
            app.Fleet, app.Tunnels, app.Get<PacedCloser>(), app.Time, NullLogger<LifetimeWorker>.Instance);
        await worker.StartAsync(TestContext.Current.CancellationToken);
        var options = new TunnelOptions { MaxLifetime = TimeSpan.FromMinutes(1), LifetimeJitter = 0 };
        var old = Enumerable.Range(0, 10)
            .Select(i => new TestTunnel(app.Tunnels, app.Node("ws-1"), $"user-{i}", app.Time, options))
            .ToList();
        using var ageless = new TestTunnel(app.Tunnels, app.Node("ws-1"), "user-0", app.Time);
        app.Time.Advance(TimeSpan.FromSeconds(59.9));
        Assert.All(old, tunnel => Assert.Null(tunnel.SentCloseCode));

        app.Time.Advance(TimeSpan.FromSeconds(1));
        var begun = app.Time.GetTimestamp();
        await Deadline.Until("all", () =>
        {
            app.Time.Advance(PacedCloser.Step);
            return old.TrueForAll(tunnel => tunnel.SentCloseCode == 4000);
        });

        Assert.True(app.Time.GetElapsedTime(begun) >= TimeSpan.FromSeconds(0.9), "faster than ten a second");
        Assert.Null(ageless.SentCloseCode);
        Assert.All(old, tunnel => Assert.Equal(TunnelEnd.Lifetime, tunnel.Tunnel.EndReason));
        await worker.StopAsync(TestContext.Current.CancellationToken);
        old.ForEach(tunnel => tunnel.Dispose());
    }
}
