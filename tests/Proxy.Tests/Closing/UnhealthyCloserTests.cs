using Microsoft.Extensions.Logging.Abstractions;
using WsBalancer.Proxy.Closing;
using WsBalancer.Proxy.Fleet;

namespace WsBalancer.Proxy.Tests.Closing;

public sealed class UnhealthyCloserTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    [Fact]
    public async Task Close_EmptiesTheSickNodeAtThePaceOfADrain()
    {
        await using var app = await StartAsync("Close");
        var sick = Open(app, "ws-1", count: 20);
        var healthy = Open(app, "ws-2", count: 20);

        app.Fleet.SetHealth(app.Chat, app.Node("ws-1"), NodeHealth.Unhealthy, "test");
        Assert.Equal(0, ClosingCount(sick));
        app.Time.Advance(Step);
        await Deadline.Until("the first", () => ClosingCount(sick) == 5);
        await AdvanceUntil(app, "all", () => ClosingCount(sick) == 20);

        Assert.All(sick, tunnel => Assert.Equal(4000, tunnel.SentCloseCode));
        Assert.Equal(0, ClosingCount(healthy));
    }

    [Fact]
    public async Task Close_StopsWhenTheNodeIsBack()
    {
        await using var app = await StartAsync("Close");
        var back = Open(app, "ws-1", count: 20);
        var sick = Open(app, "ws-2", count: 20);
        app.Fleet.SetHealth(app.Chat, app.Node("ws-1"), NodeHealth.Unhealthy, "test");
        app.Fleet.SetHealth(app.Chat, app.Node("ws-2"), NodeHealth.Unhealthy, "test");
        app.Time.Advance(Step);
        await Deadline.Until("the first of both", () => ClosingCount(back) == 5 && ClosingCount(sick) == 5);

        app.Fleet.SetHealth(app.Chat, app.Node("ws-1"), NodeHealth.Healthy, "test");

        // Both closers use one clock: when the tunnels of ws-2 are closed, those of ws-1 would have been closed too.
        await AdvanceUntil(app, "all of the sick", () => ClosingCount(sick) == 20);
        Assert.Equal(5, ClosingCount(back));
    }

    [Fact]
    public async Task Keep_ClosesNothing()
    {
        await using var app = await StartAsync("Keep");
        var tunnels = Open(app, "ws-1", count: 3);

        app.Fleet.SetHealth(app.Chat, app.Node("ws-1"), NodeHealth.Unhealthy, "test");

        Assert.DoesNotContain(Step, app.Time.Due);
        Assert.Equal(0, ClosingCount(tunnels));
    }

    private static int ClosingCount(IEnumerable<TestTunnel> tunnels) =>
        tunnels.Count(tunnel => tunnel.SentCloseCode is not null);

    private static List<TestTunnel> Open(BalancerApp app, string node, int count) =>
        [.. Enumerable.Range(0, count).Select(i => new TestTunnel(app.Tunnels, app.Node(node), $"user-{i}", app.Time))];

    private static Task AdvanceUntil(BalancerApp app, string fact, Func<bool> holds) => Deadline.Until(fact, () =>
    {
        app.Time.Advance(Step);
        return holds();
    });

    private static async Task<BalancerApp> StartAsync(string onUnhealthy)
    {
        var app = BalancerApp.Build(ChatSettings.OfNodes("ws-1", "ws-2")
            .With(ChatSettings.Ours + "Health:OnUnhealthy", onUnhealthy)
            .With(ChatSettings.Ours + "Drain:RatePerSecond", "100")
            .With(ChatSettings.Ours + "Drain:CloseCode", "4000"));
        var closer = new UnhealthyCloser(
            app.Fleet, app.Tunnels, app.Get<PacedCloser>(), NullLogger<UnhealthyCloser>.Instance);
        await closer.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }
}
