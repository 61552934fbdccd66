using CsCheck;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Rebalancing;
using WsBalancer.Proxy.State;
using WsBalancer.Proxy.Tunnels;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Model;

namespace WsBalancer.Proxy.Tests.Rebalancing;

public sealed class RebalanceCoreTests
{
    [Fact]
    public void Misplaced_WithAHealthyHome_MayBeClosed()
    {
        Assert.Equal(TunnelPlacement.Closable, Judge(Create("home"), Create("other")));
        Assert.Equal(TunnelPlacement.Closable, Judge(Create("home"), Create("other", leaves: true)));
        Assert.Equal(TunnelPlacement.Closable, Judge(Create("home"), null));
    }

    [Fact]
    public void EveryReasonToStay_HasAPlacingOfItsOwn()
    {
        var home = Create("home");
        Assert.Equal(TunnelPlacement.AtHome, Judge(home, home));
        Assert.Equal(
            TunnelPlacement.AtHome, RebalanceCore.PlacementOf(null, hasUser: false, Create("other"), isOld: true));
        Assert.Equal(TunnelPlacement.OnDraining, Judge(home, Create("other", drains: true)));
        Assert.Equal(TunnelPlacement.OnDraining, Judge(home, Create("other", leaves: true, removedWithDrain: true)));
        Assert.Equal(TunnelPlacement.WithoutHome, Judge(null, Create("other")));
        Assert.Equal(TunnelPlacement.OpenedLater, Judge(home, Create("other"), isOld: false));
        Assert.Equal(TunnelPlacement.HomeUnhealthy, Judge(Create("home", NodeHealth.Unhealthy), Create("other")));
        Assert.Equal(TunnelPlacement.HomeUnhealthy, Judge(Create("home", NodeHealth.Unknown), Create("other")));
        Assert.Equal(TunnelPlacement.HomeFull, Judge(Create("home", full: true), Create("other")));
    }

    // A rebalance must never close one of these tunnels, whatever the other conditions are.
    [Fact]
    public void Closed_IsNeverWhatIsAtHome_OrNewer_OrOnADrainingNode_OrWhoseHomeCannotTakeIt() =>
        Gen.Select(Nodes(), Nodes(), Gen.Bool, Gen.Bool, Gen.Bool).Sample((home, other, isHome, hasUser, isOld) =>
        {
            var at = isHome ? home : other;

            if (RebalanceCore.PlacementOf(home, hasUser, at, isOld) == TunnelPlacement.Closable)
            {
                Assert.True(hasUser && isOld && !isHome);
                Assert.True(home is { Health: NodeHealth.Healthy, IsFull: false, IsDraining: false, IsLeaving: false });
                Assert.False(at.IsLeaving ? at.RemovalDrain is not null : at.IsDraining);
            }
        });

    private static Gen<NodeStatus> Nodes() =>
        from health in Gen.Enum<NodeHealth>()
        from flags in Gen.Bool.Array[4]
        select Create("node", health, flags[0], flags[1], flags[2], flags[3]);

    private static TunnelPlacement Judge(NodeStatus? home, NodeStatus? at, bool isOld = true) =>
        RebalanceCore.PlacementOf(home, hasUser: true, at, isOld);

    private static NodeStatus Create(
        string id,
        NodeHealth health = NodeHealth.Healthy,
        bool full = false,
        bool drains = false,
        bool leaves = false,
        bool removedWithDrain = false)
    {
        var destination = new DestinationState(
            id, new DestinationModel(new DestinationConfig { Address = $"http://{id}/" }));
        return new Node(new NodeKey("chat", id), new TunnelLedger(), destination).Status with
        {
            ProbedHealth = health,
            IsFull = full,
            AnnouncesDrain = drains,
            IsLeaving = leaves,
            RemovalDrain = removedWithDrain ? new DrainValue("removal", 1, null, 1012) : null,
        };
    }
}
