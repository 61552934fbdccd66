using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Telemetry;

namespace WsBalancer.Proxy.Tests.Library;

/// <summary>The operations of an application on the fleet, in code.</summary>
public sealed class FleetTests : IAsyncLifetime
{
    private readonly TestNode _first = new("ws-1");
    private readonly TestNode _second = new("ws-2");
    private BalancerApp _app = null!;

    private IFleet Fleet => _app.Get<IFleet>();

    public async ValueTask InitializeAsync() => _app = await BalancerApp.StartAsync(
        ChatSettings.Of(("ws-1", _first.Address), ("ws-2", _second.Address)).WithWeight("ws-2", 3),
        services => services.AddHealthChecks().AddWsBalancer(tags: ["ready"]));

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _first.DisposeAsync();
        await _second.DisposeAsync();
    }

    [Fact]
    public async Task User_WithATunnel_IsFoundWithItsNode()
    {
        var user = _app.UserOf("ws-2");
        using var response = await _app.HandshakeAsync($"/ws?user={user}");
        await _app.TheTunnelAsync();

        Assert.Equal(["chat"], Fleet.Clusters);
        var place = Fleet.GetUser("CHAT", user);
        Assert.Equal((user, "ws-2", "ws-2", "ws-2"), (place.Id, place.Owner, place.Home, place.Next));
        Assert.Equal(["ws-2", "ws-1"], place.Order);
        var tunnel = Assert.Single(Fleet.GetTunnels("chat", user));
        Assert.Equal((user, "ws-2", false), (tunnel.User, tunnel.Node, tunnel.IsMisplaced));
        Assert.Empty(Fleet.GetTunnels("chat", "nobody"));
        var nodes = Fleet.GetNodes("chat");
        Assert.Equal(["ws-1", "ws-2"], nodes.Select(node => node.Id));
        Assert.Equal([0L, 1L], nodes.Select(node => node.Tunnels));
        Assert.Equal([0.25, 0.75], nodes.Select(node => Math.Round(node.Share, 2)));
        Assert.Equal([1, 3], nodes.Select(node => node.Weight));
    }

    [Fact]
    public async Task Drain_MovesTheHome_AndResumeRestoresIt()
    {
        var user = _app.UserOf("ws-2");

        var drain = await DrainAsync("ws-2", new FleetDrainTerms
        {
            RatePerSecond = 0,
            Deadline = Timeout.InfiniteTimeSpan,
        });

        Assert.Equal((NodeState.Drained, 0), (drain.State, drain.Remaining));
        Assert.Equal("ws-1", Fleet.GetUser("chat", user).Home);
        Assert.Equal(NodeState.Drained, Fleet.GetDrain("chat", "ws-2").State);
        await Fleet.ResumeAsync("chat", "ws-2", Cancellation);
        Assert.Equal("ws-2", Fleet.GetUser("chat", user).Home);
        Assert.Equal(NodeState.Active, Fleet.GetDrain("chat", "ws-2").State);
    }

    [Fact]
    public async Task Refusals_HaveTheirKind()
    {
        await AssertRefusedAsync(RefusalKind.Unknown, () => DrainAsync("ws-1", cluster: "chta"));
        await AssertRefusedAsync(RefusalKind.Unknown, () => DrainAsync("ws-9"));
        await AssertRefusedAsync(
            RefusalKind.BadValue, () => DrainAsync("ws-1", new FleetDrainTerms { CloseCode = 1006 }));
        await AssertRefusedAsync(RefusalKind.Conflict, () => Fleet.ResumeAsync("chat", "ws-1", Cancellation));
        await DrainAsync("ws-1");
        await AssertRefusedAsync(RefusalKind.Conflict, () => DrainAsync("ws-2"));
        await DrainAsync("ws-2", new FleetDrainTerms { Force = true });
        Assert.Throws<ArgumentException>(() => Fleet.GetUser("chat", new string('é', 513)));
        Assert.Throws<ArgumentException>(() => Fleet.GetTunnels("chat", ""));
    }

    [Fact]
    public async Task Events_AreReadFromTheFirst_AsTheyHappen()
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        await using var events = Fleet.ReadEventsAsync(0, end.Token).GetAsyncEnumerator(end.Token);
        await DrainAsync("ws-1");

        var kinds = new List<(EventKind, string?)>();
        while (!kinds.Contains((EventKind.Drain, "ws-1")))
        {
            Assert.True(await events.MoveNextAsync());
            kinds.Add((events.Current.Kind, events.Current.Node));
        }

        Assert.Contains((EventKind.Health, "ws-2"), kinds);
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            while (await events.MoveNextAsync())
            {
                kinds.Add((events.Current.Kind, events.Current.Node));
            }
        });
    }

    [Fact]
    public async Task Events_ThatAreNotRead_EndTheStreamOfTheReader()
    {
        await using var reader = Fleet.ReadEventsAsync(null, Cancellation).GetAsyncEnumerator(Cancellation);
        var waiting = reader.MoveNextAsync();
        for (var i = 0; i < 1_100; i++)
        {
            _app.Get<BalancerEvents>().Publish(EventKind.Node, "chat", null, "something");
        }

        Assert.True(await waiting);
        await Assert.ThrowsAsync<InvalidOperationException>(async () =>
        {
            while (await reader.MoveNextAsync())
            {
                Assert.Equal("something", reader.Current.Message);
            }
        });
    }

    [Fact]
    public async Task HealthCheck_IsTheReadiness()
    {
        var health = _app.Get<HealthCheckService>();
        await Deadline.Until("healthy", async () => (await health.CheckHealthAsync(Cancellation)).Status
            == HealthStatus.Healthy);

        _app.Apply(ChatSettings.Of(("ws-1", _first.Address), ("ws-2", _second.Address))
            .With(ChatSettings.Ours + "Readiness:MinAvailableNodes", "3"));

        var report = await health.CheckHealthAsync(check => check.Tags.Contains("ready"), Cancellation);
        var entry = Assert.Single(report.Entries);
        Assert.Equal(("wsbalancer", HealthStatus.Unhealthy), (entry.Key, entry.Value.Status));
        Assert.Contains("2 of at least 3", entry.Value.Description, StringComparison.Ordinal);
        Assert.Equal(2, entry.Value.Data["availableNodes:chat"]);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private Task<FleetDrain> DrainAsync(string node, FleetDrainTerms? terms = null, string cluster = "chat") =>
        Fleet.DrainAsync(cluster, node, terms, Cancellation);

    private static async Task AssertRefusedAsync(RefusalKind kind, Func<Task> change)
    {
        var refused = await Assert.ThrowsAsync<RefusedException>(change);
        Assert.Equal(kind, refused.Kind);
    }
}
