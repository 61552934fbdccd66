using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.Closing;
using WsBalancer.Proxy.Draining;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Health;
using WsBalancer.Proxy.Rebalancing;
using WsBalancer.Proxy.Tests.Closing;

namespace WsBalancer.Proxy.Tests.Rebalancing;

/// <summary>All operations that change a fleet and its tunnels, at the same time.</summary>
public sealed class MeetingOperationsTests
{
    private const int Times = 40;

    [Fact]
    public async Task Operations_ThatMeet_NeitherLockEachOtherNorFail()
    {
        var settings = ChatSettings.OfNodes("ws-1", "ws-2", "ws-3");
        await using var movers = await Movers.StartAsync(settings);
        var app = movers.App;
        var drains = app.Get<DrainOperations>();
        var rebalances = app.Get<RebalanceOperations>();
        var changes = app.Get<FleetChanges>();

        await Task.WhenAll(
            Repeat(_ => AllowRefusal(() => drains.BeginAsync(
                movers.Chat, "ws-1", new DrainRequest { RatePerSecond = 10_000 }, null, Cancellation))),
            Repeat(_ => AllowRefusal(() => drains.ResumeAsync(movers.Chat, "ws-1", null, Cancellation))),
            Repeat(i => AllowRefusal(() => i % 2 == 0
                ? rebalances.BeginAsync(movers.Chat, 10_000, null, Cancellation)
                : rebalances.CancelAsync(movers.Chat, null, Cancellation))),
            Repeat(i => AllowRefusal(() => changes.ReweighAsync(
                movers.Chat, "ws-2", 1 + (i % 3), null, Cancellation))),
            Repeat(i => Do(() => app.Apply(i % 2 == 0 ? settings.WithoutNode("ws-3") : settings))),
            Repeat(i => Do(() =>
            {
                app.Fleet.SetFull(movers.Chat, app.Node("ws-2"), i % 2 == 0);
                app.Fleet.SetAnnouncedDrain(movers.Chat, app.Node("ws-2"), i % 3 == 0);
                app.Get<HandshakeOutcomes>().Failed(app.Node("ws-2").Key);
            })),
            Repeat(i => Do(() => OpenAndClose(app, i))),
            Repeat(_ => Do(() =>
            {
                app.Time.Advance(PacedCloser.Step);
                app.Get<BalancerReport>().Read();
                rebalances.StatusOf(movers.Chat, fleetWide: true);
                app.Fleet.Sweep();
            }))).WaitAsync(Deadline.Default * 2, Cancellation);

        // Both nodes may drain at the same time, which is logged as an outage (event 211).
        Assert.DoesNotContain(app.Logs.GetSnapshot(), record => record.Level >= LogLevel.Error && record.Id.Id != 211);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static Task Repeat(Func<int, Task> once) => Task.Run(
        async () =>
        {
            for (var i = 0; i < Times; i++)
            {
                await once(i);
            }
        },
        Cancellation);

    private static Task Do(Action action)
    {
        action();
        return Task.CompletedTask;
    }

    private static async Task AllowRefusal(Func<Task> operation)
    {
        try
        {
            await operation();
        }
        catch (RefusedException refused) when (refused.Kind is RefusalKind.Conflict)
        {
            Assert.NotEmpty(refused.Message);
        }
    }

    private static void OpenAndClose(BalancerApp app, int i)
    {
        var tunnels = Enumerable.Range(0, 20)
            .Select(user => new TestTunnel(app.Tunnels, app.Node($"ws-{1 + (user % 2)}"), $"user-{i}-{user}", app.Time))
            .ToList();
        foreach (var tunnel in tunnels)
        {
            tunnel.End();
            tunnel.Dispose();
        }
    }
}
