using WsBalancer.Proxy.Draining;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Health;
using WsBalancer.Proxy.Rebalancing;
using WsBalancer.Proxy.State;
using WsBalancer.Proxy.Tests.Closing;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Tests.Rebalancing;

public sealed class RebalanceOperationsTests
{
    [Fact]
    public async Task Rebalance_ClosesWhatIsMisplaced_AtItsRate_AndIsDoneOnceThatHasEnded()
    {
        await using var movers = await Movers.StartAsync(
            ChatSettings.OfNodes("ws-1", "ws-2").With(ChatSettings.Ours + "Drain:CloseCode", "4000"));
        var misplaced = OpenAwayFrom(movers, "ws-1", "ws-2", 40);
        movers.OpenAtHome(40);

        var begun = await BeginAsync(movers, 20);
        Assert.Equal(
            new RebalanceStatus(RebalanceState.Running, 40, 0, 0, 2, null, 20), begun.Status);
        await movers.Until("ten", () => movers.ClosingCount >= 10);
        Assert.Equal(10, movers.ClosingCount);
        await movers.UntilEvent("the rebalance is done");

        Assert.Equal(new RebalanceStatus(RebalanceState.Done, 0, 0, 40, 0, null, 20), Status(movers));
        Assert.All(misplaced, tunnel => Assert.Equal(
            (4000, TunnelEnd.Rebalance), (tunnel.SentCloseCode!.Value, tunnel.Tunnel.EndReason!.Value)));
        Assert.Equal(40, movers.ClosingCount);
    }

    [Fact]
    public async Task Without_AnythingToDo_ItIsDone()
    {
        await using var movers = await Movers.StartAsync("ws-1", "ws-2");
        movers.OpenAtHome(10);
        Assert.Equal(new RebalanceStatus(RebalanceState.Idle, 0, 0, 0, null, null, 0), Status(movers));

        var begun = await BeginAsync(movers, null);

        Assert.Equal(RebalanceOperations.DefaultRate, begun.Status.RatePerSecond);
        await movers.UntilEvent("the rebalance is done");
    }

    [Fact]
    public async Task Blocked_AreLeftAlone_WithTheReason()
    {
        await using var movers = await Movers.StartAsync("ws-1", "ws-2", "ws-3");
        OpenAwayFrom(movers, "ws-1", "ws-3", 3);
        OpenAwayFrom(movers, "ws-2", "ws-3", 4);
        movers.App.Fleet.SetHealth(movers.Chat, movers.Node("ws-1"), NodeHealth.Unhealthy, "test");
        movers.App.Fleet.SetFull(movers.Chat, movers.Node("ws-2"), true);

        await BeginAsync(movers, 100);
        await movers.UntilEvent("the rebalance is done");

        Assert.Equal(0, movers.ClosingCount);
        var status = Status(movers);
        Assert.Equal((7, 7, 0), (status.Misplaced, status.Blocked, status.Closed));
        Assert.Equal(
            "misplaced tunnels that stay: 3 whose home is not healthy; 4 whose home is full", status.Reason);
    }

    [Fact]
    public async Task Home_ThatBecomesUnhealthy_IsSentNoMoreUsers()
    {
        await using var movers = await Movers.StartAsync("ws-1", "ws-2");
        OpenAwayFrom(movers, "ws-1", "ws-2", 40);
        await BeginAsync(movers, 20);
        await movers.Until("four", () => movers.ClosingCount >= 4);

        movers.App.Fleet.SetHealth(movers.Chat, movers.Node("ws-1"), NodeHealth.Unhealthy, "test");
        await movers.UntilEvent("the rebalance is done");

        Assert.Equal(4, movers.ClosingCount);
        Assert.Equal((36, 36), (Status(movers).Misplaced, Status(movers).Blocked));
    }

    // The rebalance must not close tunnels of users that connect elsewhere while their home is briefly unhealthy.
    [Fact]
    public async Task Tunnels_OpenedLater_AreNotClosed_UnlessHomesChange()
    {
        await using var movers = await Movers.StartAsync("ws-1", "ws-2", "ws-3");
        OpenAwayFrom(movers, "ws-1", "ws-2", 2);
        await BeginAsync(movers, 1);
        movers.App.Time.Advance(TimeSpan.FromMilliseconds(1));
        var flapped = OpenAwayFrom(movers, "ws-1", "ws-2", 3, skip: 10);

        await movers.UntilEvent("the rebalance is done");
        Assert.DoesNotContain(flapped, Movers.WasSentClose);
        Assert.Contains("3 that were opened elsewhere since", Status(movers).Reason, StringComparison.Ordinal);

        movers.App.Time.Advance(TimeSpan.FromMilliseconds(1));
        movers.App.Fleet.SetAnnouncedDrain(movers.Chat, movers.Node("ws-3"), true);
        await BeginAsync(movers, 100);
        await movers.Until("all", () => flapped.All(Movers.WasSentClose));
    }

    [Fact]
    public async Task Draining_IsTheDrainsBusiness_LeavingNodesAreEmptied()
    {
        await using var movers = await Movers.StartAsync("ws-1", "ws-2", "ws-3");
        var draining = OpenAwayFrom(movers, "ws-1", "ws-2", 3);
        var leaving = OpenAwayFrom(movers, "ws-1", "ws-3", 3, skip: 10);
        await movers.App.Get<DrainOperations>().BeginAsync(
            movers.Chat,
            "ws-2",
            new DrainRequest { RatePerSecond = 0, Deadline = DrainDeadline.None },
            null,
            Cancellation);
        await movers.App.Get<FleetChanges>().RemoveAsync(movers.Chat, "ws-3", null, false, null, Cancellation);

        await BeginAsync(movers, 100);
        await movers.UntilEvent("the rebalance is done");

        Assert.DoesNotContain(draining, Movers.WasSentClose);
        Assert.All(leaving, tunnel => Assert.True(Movers.WasSentClose(tunnel)));
        var status = Status(movers);
        Assert.Equal((3, 0), (status.Misplaced, status.Blocked));
        Assert.Contains("3 on draining nodes", status.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pause_StopsAtOnce_AndItContinues_AndIsCancelled()
    {
        await using var movers = await Movers.StartAsync("ws-1", "ws-2");
        OpenAwayFrom(movers, "ws-1", "ws-2", 100);
        var rebalances = movers.App.Get<RebalanceOperations>();
        await BeginAsync(movers, 20);
        await movers.Until("some", () => movers.ClosingCount >= 5);

        var paused = await rebalances.PauseAsync(movers.Chat, true, null, Cancellation);
        movers.App.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(
            (RebalanceState.Paused, 5, null),
            (paused.Status.State, movers.ClosingCount, paused.Status.EtaSeconds));

        var faster = await BeginAsync(movers, 40);
        Assert.Equal((RebalanceState.Paused, 40), (faster.Status.State, faster.Status.RatePerSecond));
        await rebalances.PauseAsync(movers.Chat, false, null, Cancellation);
        await movers.Until("more", () => movers.ClosingCount >= 10);

        var cancelled = await rebalances.CancelAsync(movers.Chat, null, Cancellation);
        var closing = movers.ClosingCount;
        movers.App.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal((RebalanceState.Cancelled, closing), (cancelled.Status.State, movers.ClosingCount));
        Assert.Equal("cancelled by an operator", cancelled.Status.Reason);
        foreach (var refused in (Func<Task>[])
            [
                () => rebalances.CancelAsync(movers.Chat, null, Cancellation),
                () => rebalances.PauseAsync(movers.Chat, true, null, Cancellation),
            ])
        {
            Assert.Equal(RefusalKind.Conflict, (await Assert.ThrowsAsync<RefusedException>(refused)).Kind);
        }
    }

    [Fact]
    public async Task Handshakes_ThatFailAtATarget_StopIt()
    {
        await using var movers = await Movers.StartAsync("ws-1", "ws-2");
        OpenAwayFrom(movers, "ws-1", "ws-2", 40);
        var outcomes = movers.App.Get<HandshakeOutcomes>();
        await BeginAsync(movers, 20);
        await movers.Until("two", () => movers.ClosingCount >= 2);

        // No user is moved to ws-2: its failed handshakes do not count.
        for (var i = 0; i < 5; i++)
        {
            outcomes.Failed(new NodeKey("chat", "ws-2"));
        }

        outcomes.Failed(new NodeKey("chat", "ws-1"));
        outcomes.Failed(new NodeKey("chat", "ws-1"));
        await movers.Until("three", () => movers.ClosingCount >= 3);
        outcomes.Failed(new NodeKey("chat", "ws-1"));
        await movers.UntilEvent("the rebalance stopped: 3 handshakes in a row failed at ws-1");

        Assert.Equal(3, movers.ClosingCount);
        Assert.Equal(
            (RebalanceState.Stopped, "3 handshakes in a row failed at ws-1"),
            (Status(movers).State, Status(movers).Reason));
    }

    [Fact]
    public async Task Start_PicksUpTheOneThatRuns()
    {
        var value = new RebalanceValue("rebalance-1", 10, RebalanceState.Running, null);
        await using var movers = await Movers.StartAsync(ChatSettings.OfNodes("ws-1", "ws-2"), before: app =>
        {
            Open(app, "ws-1", "ws-2", 5);
            app.Get<StateStore>().WriteAsync(
                [new StateChange(StateKey.Of("chat", StateKind.Rebalance), value)], Cancellation);
        });

        await movers.Until("all", () => movers.App.Tunnels.All.All(tunnel => tunnel.IsClosing));
    }

    [Fact]
    public async Task Remaining_IsAMetric_OnlyWhileItRuns()
    {
        const string Series = "wsbalancer_rebalance_remaining{cluster=\"chat\"}";
        await using var movers = await Movers.StartAsync("ws-1", "ws-2");
        OpenAwayFrom(movers, "ws-1", "ws-2", 7);
        Assert.Null((await movers.ScrapeAsync())[Series]);

        await BeginAsync(movers, 1);
        Assert.Equal(7, (await movers.ScrapeAsync())[Series]);

        await movers.App.Get<RebalanceOperations>().CancelAsync(movers.Chat, null, Cancellation);
        Assert.Null((await movers.ScrapeAsync())[Series]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(1_000_001)]
    public async Task Rate_ThatIsNone_IsRefused(double rate)
    {
        await using var movers = await Movers.StartAsync("ws-1", "ws-2");

        var refused = await Assert.ThrowsAsync<RefusedException>(() => BeginAsync(movers, rate));

        Assert.Equal(RefusalKind.BadValue, refused.Kind);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static Task<RebalanceResult> BeginAsync(Movers movers, double? rate) =>
        movers.App.Get<RebalanceOperations>().BeginAsync(movers.Chat, rate, null, Cancellation);

    private static RebalanceStatus Status(Movers movers) =>
        movers.App.Get<RebalanceOperations>().StatusOf(movers.Chat, fleetWide: true);

    // Opens tunnels to one node for users whose home is another.
    private static List<TestTunnel> OpenAwayFrom(Movers movers, string home, string at, int count, int skip = 0) =>
        [.. Users(movers.App, home).Skip(skip).Take(count).Select(user => movers.Open(at, user))];

    private static void Open(BalancerApp app, string home, string at, int count)
    {
        foreach (var user in Users(app, home).Take(count))
        {
            new TestTunnel(app.Tunnels, app.Node(at), user, app.Time).Dispose();
        }
    }

    private static IEnumerable<string> Users(BalancerApp app, string home) =>
        Enumerable.Range(0, int.MaxValue).Select(i => $"user-{i}")
            .Where(user => app.Chat.Current.HomeOf(user)!.Id == home);
}
