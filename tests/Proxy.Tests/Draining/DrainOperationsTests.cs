using WsBalancer.Proxy.Closing;
using WsBalancer.Proxy.Draining;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.State;
using WsBalancer.Proxy.Tests.Closing;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Tests.Draining;

public sealed class DrainOperationsTests
{
    [Fact]
    public async Task Drain_ClosesAtItsRate_AndReportsItsProgress()
    {
        await using var movers = await Movers.StartAsync("ws-1", "ws-2");
        var moving = movers.OpenMany("ws-1", 40);
        var staying = movers.OpenMany("ws-2", 10, "other");

        var begun = await BeginAsync(movers, "ws-1", new DrainRequest { RatePerSecond = 20, CloseCode = 4000 });

        Assert.Null(begun.Shared);
        Assert.Equal(movers.Chat.Current.Epoch, begun.Epoch);
        AssertStatus(begun.Status, NodeState.Draining, total: 40, remaining: 40, closed: 0, forced: 0);
        Assert.Equal(["operator"], begun.Status.Sources);
        Assert.Equal((20, 2, 600, 4000), (
            begun.Status.RatePerSecond,
            begun.Status.EtaSeconds,
            begun.Status.DeadlineSeconds,
            begun.Status.CloseCode));

        await movers.Until("ten", () => movers.ClosingCount >= 10);
        Assert.InRange(movers.ClosingCount, 10, 11);
        Assert.Equal(40 - movers.ClosingCount, Status(movers).Remaining);
        await movers.UntilEvent("ws-1 is drained here: 40 tunnels closed, 0 of them aborted");
        AssertStatus(Status(movers), NodeState.Drained, total: 40, remaining: 0, closed: 40, forced: 0);
        Assert.All(moving, tunnel => Assert.Equal(4000, tunnel.SentCloseCode));
        Assert.All(moving, tunnel => Assert.Equal(TunnelEnd.Drain, tunnel.Tunnel.EndReason));
        Assert.DoesNotContain(staying, Movers.WasSentClose);
        Assert.Contains(
            "ws-1 drains (operator): 40 tunnels here, at 20/s, within 600 s", movers.Events);
    }

    [Fact]
    public async Task Resume_StopsAtOnce_AndGivesEveryUserTheHomeBack()
    {
        await using var movers = await Movers.StartAsync("ws-1", "ws-2", "ws-3");
        movers.OpenMany("ws-1", 100);
        var before = Homes(movers);
        await BeginAsync(movers, "ws-1", new DrainRequest { RatePerSecond = 100 });
        Assert.DoesNotContain("ws-1", Homes(movers));
        await movers.Until("some", () => movers.ClosingCount > 10);

        var resumed = await movers.App.Get<DrainOperations>().ResumeAsync(movers.Chat, "ws-1", null, Cancellation);
        var closing = movers.ClosingCount;
        for (var i = 0; i < 40; i++)
        {
            movers.App.Time.Advance(PacedCloser.Step);
        }

        Assert.Equal(closing, movers.ClosingCount);
        Assert.Equal(before, Homes(movers));
        Assert.Equal((NodeState.Active, 0), (resumed.Status.State, resumed.Status.Sources.Count));
        Assert.Null(movers.App.Get<StateStore>().Find(StateKey.Of("chat", StateKind.Drain, "ws-1")));
        Assert.Contains(
            $"ws-1 takes users again; {100 - closing} of its tunnels stayed, {closing} were closed", movers.Events);
    }

    [Fact]
    public async Task Drains_RunSideBySide_EachAtItsOwnRate()
    {
        await using var movers = await Movers.StartAsync("ws-1", "ws-2", "ws-3");
        var slow = movers.OpenMany("ws-1", 100);
        var fast = movers.OpenMany("ws-2", 100, "other");
        await BeginAsync(movers, "ws-1", new DrainRequest { RatePerSecond = 10 });
        await BeginAsync(movers, "ws-2", new DrainRequest { RatePerSecond = 40 });

        await movers.Until("forty", () => fast.Count(Movers.WasSentClose) >= 40);

        Assert.InRange(slow.Count(Movers.WasSentClose), 9, 11);
    }

    [Fact]
    public async Task Cordon_ClosesNothing_AndIsOverWithTheResume()
    {
        await using var movers = await Movers.StartAsync("ws-1", "ws-2");
        movers.OpenMany("ws-1", 10);
        var cordon = new DrainRequest { RatePerSecond = 0, Deadline = DrainDeadline.None };

        var begun = await BeginAsync(movers, "ws-1", cordon);
        movers.App.Time.Advance(TimeSpan.FromDays(2));

        Assert.Equal((null, null), (begun.Status.EtaSeconds, begun.Status.DeadlineSeconds));
        Assert.Equal(0, movers.ClosingCount);
        Assert.False(movers.Node("ws-1").Status.IsAvailable);
    }

    [Fact]
    public async Task Deadline_RaisesTheRate_WhichIsReportedOnce_AndIsKept()
    {
        await using var movers = await Movers.StartAsync("ws-1", "ws-2");
        movers.OpenMany("ws-1", 100);
        await BeginAsync(movers, "ws-1", new DrainRequest { RatePerSecond = 1, Deadline = DrainDeadline.In(10) });
        var begun = movers.App.Time.GetTimestamp();
        Assert.InRange(Status(movers).RatePerSecond, 19, 21);

        await movers.Until("all told", () => movers.ClosingCount == 100, answering: false);
        Assert.InRange(movers.App.Time.GetElapsedTime(begun).TotalSeconds, 4, 5.2);

        // No client answers: all are cut after their close timeout.
        await movers.Until("all cut", () => movers.Tunnels.All(tunnel => tunnel.IsCut), answering: false);
        movers.EndClosing();
        await movers.UntilEvent("ws-1 has reached the deadline of its drain; 100 tunnels were aborted");
        AssertStatus(Status(movers), NodeState.Drained, total: 100, remaining: 0, closed: 100, forced: 100);
        Assert.Single(movers.Events, text => text.Contains("faster than requested", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Begin_OfARunningOne_ChangesIt()
    {
        await using var movers = await Movers.StartAsync("ws-1", "ws-2");
        movers.OpenMany("ws-1", 100);
        await BeginAsync(movers, "ws-1", new DrainRequest { RatePerSecond = 1, CloseCode = 4000 });
        movers.App.Time.Advance(TimeSpan.FromSeconds(60));

        var changed = await BeginAsync(movers, "ws-1", new DrainRequest { RatePerSecond = 50 });

        Assert.Equal((50, 540, 4000), (
            changed.Status.RatePerSecond, changed.Status.DeadlineSeconds, changed.Status.CloseCode));
        await movers.UntilEvent("ws-1 is drained here");
        AssertStatus(Status(movers), NodeState.Drained, total: 100, remaining: 0, closed: 100, forced: 0);
        Assert.Contains(movers.Events, text => text.StartsWith("ws-1 drains on (operator)", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Node_ThatAnnouncesItsDrain_IsDrainedAsConfigured_UntilItNoLongerDoes()
    {
        await using var movers = await Movers.StartAsync(ChatSettings.OfNodes("ws-1", "ws-2")
            .With(ChatSettings.Ours + "Drain:RatePerSecond", "10")
            .With(ChatSettings.Ours + "Drain:CloseCode", "4000"));
        movers.OpenMany("ws-1", 20);

        movers.App.Fleet.SetAnnouncedDrain(movers.Chat, movers.Node("ws-1"), true);
        await movers.Until("five", () => movers.ClosingCount == 5);
        Assert.Equal(["node"], Status(movers).Sources);
        Assert.Equal((10, 4000), (Status(movers).RatePerSecond, Status(movers).CloseCode));
        var refused = await Assert.ThrowsAsync<RefusedException>(
            () => movers.App.Get<DrainOperations>().ResumeAsync(movers.Chat, "ws-1", null, Cancellation));
        Assert.Contains("drains on its own report", refused.Message, StringComparison.Ordinal);

        movers.App.Fleet.SetAnnouncedDrain(movers.Chat, movers.Node("ws-1"), false);
        movers.App.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal((5, NodeState.Active), (movers.ClosingCount, Status(movers).State));
    }

    [Fact]
    public async Task Drain_OfOperatorAndNode_EndsWithBoth()
    {
        await using var movers = await Movers.StartAsync("ws-1", "ws-2");
        movers.App.Fleet.SetAnnouncedDrain(movers.Chat, movers.Node("ws-1"), true);

        var begun = await BeginAsync(movers, "ws-1", new DrainRequest { RatePerSecond = 5 });
        Assert.Equal(["operator", "node"], begun.Status.Sources);
        Assert.Equal(5, begun.Status.RatePerSecond);

        var resumed = await movers.App.Get<DrainOperations>().ResumeAsync(movers.Chat, "ws-1", null, Cancellation);
        Assert.Equal(["node"], resumed.Status.Sources);
        Assert.Equal(100, resumed.Status.RatePerSecond);
    }

    [Fact]
    public async Task Removal_WithADrain_ClosesTheTunnelsThatAreLeft()
    {
        await using var movers = await Movers.StartAsync("ws-1", "ws-2");
        var left = movers.OpenMany("ws-1", 5);
        await movers.App.Get<FleetChanges>().RemoveAsync(
            movers.Chat, "ws-1", DrainOperations.ForRemoval(movers.Chat), force: false, null, Cancellation);
        Assert.Equal(NodeState.Leaving, Status(movers).State);

        await movers.UntilEvent("ws-1 is drained here: 5 tunnels closed");

        Assert.All(left, tunnel => Assert.Equal(TunnelEnd.Drain, tunnel.Tunnel.EndReason));
        await movers.Until("it is gone", () => movers.Chat.Find("ws-1") is null);
    }

    [Fact]
    public async Task Removal_WithoutOne_LeavesThem_AndEndsADrain()
    {
        await using var movers = await Movers.StartAsync("ws-1", "ws-2");
        movers.OpenMany("ws-1", 20);
        await BeginAsync(movers, "ws-1", new DrainRequest { RatePerSecond = 10 });
        await movers.Until("two", () => movers.ClosingCount == 2);

        await movers.App.Get<FleetChanges>().RemoveAsync(movers.Chat, "ws-1", null, false, null, Cancellation);
        movers.App.Time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(2, movers.ClosingCount);
        Assert.Empty(Status(movers).Sources);
        movers.EndClosing();
        AssertStatus(Status(movers), NodeState.Leaving, total: 18, remaining: 18, closed: 0, forced: 0);
    }

    [Fact]
    public async Task Start_ContinuesASavedDrain_WithAFreshDeadline()
    {
        var value = new DrainValue("drain-1", 10, 60, 1012);
        await using var movers = await Movers.StartAsync(ChatSettings.OfNodes("ws-1", "ws-2"), before: app =>
        {
            app.Get<StateStore>().WriteAsync(
                [new StateChange(StateKey.Of("chat", StateKind.Drain, "ws-1"), value)], Cancellation);
            new TestTunnel(app.Tunnels, app.Node("ws-1"), "alice", app.Time).Dispose();
        });

        Assert.Equal((1, 1, 60), (Status(movers).Total, Status(movers).Remaining, Status(movers).DeadlineSeconds));
        await movers.Until("it is closed", () => Assert.Single(movers.App.Tunnels.All).IsClosing);
    }

    [Fact]
    public async Task Remaining_IsAMetric_OnlyWhileItDrains()
    {
        const string Series = "wsbalancer_drain_remaining{cluster=\"chat\",node=\"ws-1\"}";
        await using var movers = await Movers.StartAsync("ws-1", "ws-2");
        movers.OpenMany("ws-1", 7);
        Assert.Null((await movers.ScrapeAsync())[Series]);

        await BeginAsync(movers, "ws-1", new DrainRequest { RatePerSecond = 0, Deadline = DrainDeadline.None });
        Assert.Equal(7, (await movers.ScrapeAsync())[Series]);

        await movers.App.Get<DrainOperations>().ResumeAsync(movers.Chat, "ws-1", null, Cancellation);
        Assert.Null((await movers.ScrapeAsync())[Series]);
    }

    [Fact]
    public async Task Mistakes_AreRefused_AndNothingIsDone()
    {
        await using var movers = await Movers.StartAsync("ws-1", "ws-2", "ws-3");
        movers.Open("ws-3", "alice");
        await movers.App.Get<FleetChanges>().RemoveAsync(movers.Chat, "ws-3", null, false, null, Cancellation);
        await BeginAsync(movers, "ws-2", new DrainRequest());

        await RefusedAsync(RefusalKind.Unknown, "no node 'ws-9'", () => BeginAsync(movers, "ws-9", new DrainRequest()));
        await RefusedAsync(RefusalKind.Conflict, "was removed", () => BeginAsync(movers, "ws-3", new DrainRequest()));
        await RefusedAsync(RefusalKind.Conflict, "is the last", () => BeginAsync(movers, "ws-1", new DrainRequest()));
        await RefusedAsync(RefusalKind.BadValue, "'closeCode' is 1005", () => BeginAsync(
            movers, "ws-1", new DrainRequest { CloseCode = 1005, Force = true }));
        await RefusedAsync(RefusalKind.Conflict, "does not drain", () => movers.App.Get<DrainOperations>().ResumeAsync(
            movers.Chat, "ws-1", null, Cancellation));
        await RefusedAsync(RefusalKind.Stale, "If-Match is 99", () => movers.App.Get<DrainOperations>().BeginAsync(
            movers.Chat, "ws-1", new DrainRequest(), 99, Cancellation));
        Assert.Equal(NodeState.Active, movers.Node("ws-1").State);

        // A running drain may be changed, and the last node may be drained by force.
        await BeginAsync(movers, "ws-2", new DrainRequest { RatePerSecond = 1 });
        var forced = await BeginAsync(movers, "ws-1", new DrainRequest { Force = true });
        Assert.Equal(NodeState.Drained, forced.Status.State);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static async Task RefusedAsync(RefusalKind kind, string what, Func<Task<DrainResult>> request)
    {
        var refused = await Assert.ThrowsAsync<RefusedException>(request);
        Assert.Equal(kind, refused.Kind);
        Assert.Contains(what, refused.Message, StringComparison.Ordinal);
    }

    private static void AssertStatus(
        DrainStatus status, NodeState state, long total, long remaining, long closed, long forced) => Assert.Equal(
            (state, total, remaining, closed, forced),
            (status.State, status.Total, status.Remaining, status.Closed, status.Forced));

    private static DrainStatus Status(Movers movers) =>
        movers.App.Get<DrainOperations>().StatusOf(movers.Node("ws-1"), fleetWide: true);

    private static Task<DrainResult> BeginAsync(Movers movers, string node, DrainRequest request) =>
        movers.App.Get<DrainOperations>().BeginAsync(movers.Chat, node, request, null, Cancellation);

    private static List<string?> Homes(Movers movers) =>
        [.. Enumerable.Range(0, 200).Select(i => movers.Chat.Current.HomeOf($"user-{i}")?.Id)];
}
