using Microsoft.AspNetCore.Http;
using WsBalancer.Proxy.Admission;
using WsBalancer.Proxy.Health;
using WsBalancer.Proxy.Placement;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Tests.Admission;

public sealed class ClusterAdmissionTests
{
    [Fact]
    public async Task Node_WithAsManyAsItMayHave_IsFull_UntilOneLeavesOrEnds()
    {
        await using var cluster = new LimitedCluster(("MaxTunnelsPerNode", "2"));
        var node = cluster.App.Node("ws-1");
        var tunnel = cluster.Open("ws-1");
        Assert.False(node.IsFull);
        using (cluster.EnterAt("ws-1"))
        {
            Assert.True(node.IsFull);
            Assert.False(node.Status.IsAvailable);
            using var other = cluster.Enter();
            Assert.False(other.TryTake(node));
            Assert.True(other.TryTake(cluster.App.Node("ws-2")));
        }

        Assert.False(node.IsFull);
        using var place = cluster.EnterAt("ws-1");
        cluster.Open("ws-1", place);
        Assert.True(node.IsFull);
        tunnel.End();
        Assert.False(node.IsFull);
    }

    [Fact]
    public async Task Full_IsNotifiedOnce_WhenItBegins_AndWhenItEnds()
    {
        await using var cluster = new LimitedCluster(("MaxTunnelsPerNode", "1"));
        var published = new List<bool>();
        cluster.App.Fleet.NodeChanged += (_, node) => published.Add(node.IsFull);

        var place = cluster.EnterAt("ws-1");
        cluster.Open("ws-1", place).End();
        place.Dispose();

        Assert.Equal([true, false], published);
    }

    [Fact]
    public async Task Reload_MakesNodesFull_AndLiftsIt()
    {
        await using var cluster = new LimitedCluster(("MaxTunnels", "100"));
        cluster.Open("ws-1");
        var node = cluster.App.Node("ws-1");

        cluster.App.Apply(cluster.Settings.With(LimitedCluster.Key("MaxTunnelsPerNode"), "1"));
        Assert.True(node.IsFull);

        cluster.App.Apply(ChatSettings.OfNodes("ws-1", "ws-2", "ws-3"));
        Assert.False(node.IsFull);
    }

    [Fact]
    public async Task Cluster_CountsTunnelsAndHandshakes_AndWhatIsLeftOfNodesThatLeft()
    {
        await using var cluster = new LimitedCluster(("MaxTunnels", "3"));
        cluster.Open("ws-1");
        var tunnel = cluster.Open("ws-3");
        cluster.App.Apply(cluster.Settings.WithoutNode("ws-3"));
        using (cluster.Enter())
        {
            Assert.Same(Rejection.MaxTunnels, cluster.Control.Enter(cluster.App.Chat, null, out var none));
            Assert.Null(none);
            Assert.Same(Rejection.MaxTunnels, cluster.Control.Preview(cluster.App.Chat, "alice"));
        }

        using var again = cluster.Enter();
        tunnel.End();
        using var last = cluster.Enter();
    }

    [Fact]
    public async Task User_HasItsOwnLimit_AndAHandshakeWithoutAUserHasNone()
    {
        await using var cluster = new LimitedCluster(("MaxTunnelsPerUser", "2"));
        var tunnel = cluster.Open("ws-1", "alice");
        using var place = cluster.EnterAt("ws-1", "alice");
        Assert.Same(Rejection.MaxTunnelsPerUser, cluster.Control.Enter(cluster.App.Chat, "alice", out _));
        Assert.Same(Rejection.MaxTunnelsPerUser, cluster.Control.Preview(cluster.App.Chat, "alice"));
        using var other = cluster.Enter("bob");
        using var anonymous = cluster.Enter();

        cluster.Open("ws-1", place, "alice");
        Assert.Same(Rejection.MaxTunnelsPerUser, cluster.Control.Enter(cluster.App.Chat, "alice", out _));

        // The tunnel is closing, as when its user is moved: the user may connect again before the tunnel has ended.
        tunnel.Tunnel.Close(TunnelEnd.Rebalance, 1012, "");
        using var back = cluster.Enter("alice");
    }

    [Fact]
    public async Task Place_IsReleasedOnce_HoweverOftenItIsDisposed()
    {
        await using var cluster = new LimitedCluster(("MaxTunnels", "10"));
        var (kept, opened, left) = (cluster.EnterAt("ws-1", "a"), cluster.EnterAt("ws-1", "b"), cluster.Enter("c"));
        Assert.Equal((3, 3, 2), cluster.Gate.Held);
        Assert.True(opened.TryTake(cluster.App.Node("ws-2")));

        cluster.Open("ws-2", opened, "b");
        opened.Dispose();
        left.Dispose();
        left.Dispose();

        Assert.Equal((1, 1, 1), cluster.Gate.Held);
        kept.Dispose();
        Assert.Equal((0, 0, 0), cluster.Gate.Held);
    }

    [Fact]
    public async Task Handshake_ThatFailsBeforeItsFirstAttempt_ReleasesItsPlaces()
    {
        await using var cluster = new LimitedCluster(("MaxTunnels", "10"));
        var app = cluster.App;
        var attempts = new HandshakeAttempts(
            app.Get<Readiness>(),
            cluster.Control,
            app.Tunnels,
            app.Get<HealthMonitor>(),
            app.Get<TunnelOpening>(),
            app.Get<AttemptOutcomes>(),
            app.Get<Rejecter>(),
            app.Get<PlacementMetrics>(),
            new FailingClock());

        await Assert.ThrowsAsync<NotSupportedException>(
            () => attempts.RunAsync(new DefaultHttpContext(), app.Chat, "alice", _ => Task.CompletedTask));

        Assert.Equal((0, 0, 0), cluster.Gate.Held);
    }

    // Whatever handshakes do and however they end, every place is returned, and no limit is ever exceeded.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task RandomHandshakes_LeaveNothingBehind(int seed)
    {
        await using var cluster = new LimitedCluster(
            ("MaxTunnels", "12"), ("MaxTunnelsPerNode", "5"), ("MaxTunnelsPerUser", "4"), ("BoundedLoad", "1.25"));
        await Task.WhenAll(Enumerable.Range(0, 4).Select(
            thread => Task.Run(() => OpenAndEnd(cluster, new Random((seed * 10) + thread)))));

        Assert.Equal((0, 0, 0), cluster.Gate.Held);
        Assert.Equal(0, cluster.App.Tunnels.Count);
        Assert.All(cluster.App.Chat.Current.Nodes, node => Assert.False(node.IsFull));
    }

    [Fact]
    public async Task Off_AllocatesNothing()
    {
        await using var app = BalancerApp.Build(ChatSettings.OfNodes("ws-1", "ws-2"));
        var (control, tunnels, chat) = (app.Get<AdmissionControl>(), app.Tunnels, app.Chat);
        long Allocated()
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 1_000; i++)
            {
                Assert.Null(control.Enter(chat, "alice", out var place));
                Assert.Null(NodePreference.ForTunnel(chat, "alice", tunnels, control, place));
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Allocated();
        Assert.Equal(0, Allocated());
    }

    private static void OpenAndEnd(LimitedCluster cluster, Random random)
    {
        string[] nodes = ["ws-1", "ws-2", "ws-3"];
        var open = new List<TestTunnel>();
        for (var i = 0; i < 400; i++)
        {
            var user = random.Next(4) == 0 ? null : $"user-{random.Next(5)}";
            if (cluster.Control.Enter(cluster.App.Chat, user, out var place) is null)
            {
                Handshake(cluster, random, nodes, place!, user, open);
            }

            Assert.All(
                cluster.App.Chat.Current.Nodes,
                status => Assert.InRange(cluster.Gate.LoadOf(status.Node).Tunnels, 0, 5));
            if (open.Count > random.Next(6))
            {
                open[0].End();
                open.RemoveAt(0);
            }
        }

        open.ForEach(tunnel => tunnel.End());
    }

    private static void Handshake(
        LimitedCluster cluster,
        Random random,
        string[] nodes,
        HandshakeReservation place,
        string? user,
        List<TestTunnel> open)
    {
        using (place)
        {
            for (var attempt = random.Next(4); attempt > 0; attempt--)
            {
                var node = nodes[random.Next(nodes.Length)];
                cluster.Gate.LoadOf(cluster.App.Node(node));
                if (place.TryTake(cluster.App.Node(node)) && random.Next(3) == 0)
                {
                    open.Add(cluster.Open(node, place, user));
                    return;
                }
            }
        }
    }

    private sealed class FailingClock : TimeProvider
    {
        public override long GetTimestamp() => throw new NotSupportedException();
    }
}
