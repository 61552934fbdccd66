using WsBalancer.Proxy.State;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Fleet;

/// <summary>The state and the tunnels of a node, at this balancer and others.</summary>
/// <param name="State">The state; a node is drained when its last tunnel at all these balancers has ended.</param>
/// <param name="Tunnels">The open tunnels.</param>
/// <param name="Misplaced">The open tunnels whose user has another home.</param>
internal sealed record NodeFigures(NodeState State, long Tunnels, long Misplaced)
{
    /// <param name="node">The node.</param>
    /// <param name="snapshot">The cluster of the node.</param>
    /// <param name="tunnels">The tunnels of this balancer.</param>
    /// <param name="others">The cluster at each other balancer whose tunnels are counted too.</param>
    public static NodeFigures Of(
        NodeStatus node, FleetSnapshot snapshot, TunnelRegistry tunnels, IReadOnlyList<PeerCluster> others)
    {
        var elsewhere = others.Select(other => other.Nodes.GetValueOrDefault(node.Id)).OfType<PeerNode>().ToArray();
        var open = node.Ledger.Active + elsewhere.Sum(there => there.Tunnels);
        return new NodeFigures(
            node.StateWith(open),
            open,
            Fleet.Misplaced.Count(tunnels, snapshot, node.Node) + elsewhere.Sum(there => there.Misplaced));
    }
}
