using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Closing;

/// <summary>The tunnels of a cluster that an operator closes; at least one criterion is given.</summary>
/// <param name="User">The user of the tunnels; null for all users.</param>
/// <param name="Node">The node of the tunnels; null for all nodes.</param>
/// <param name="OlderThanSeconds">The age that the tunnels exceed; null for any age.</param>
internal sealed record TunnelSelection(string? User, string? Node, double? OlderThanSeconds)
{
    /// <summary>The selected tunnels of this balancer; none if no criterion is given.</summary>
    public IReadOnlyList<Tunnel> In(FleetCluster cluster, TunnelRegistry tunnels) =>
    [
        .. Source(cluster, tunnels)
            .Where(tunnel => Node is null || tunnel.Identity.Node.Id == Node)
            .Where(tunnel => OlderThanSeconds is not { } seconds || tunnel.Age.TotalSeconds > seconds),
    ];

    /// <summary>The selection in words, without the user id, which events must not contain.</summary>
    public string Describe() => (User, Node, OlderThanSeconds) switch
    {
        (not null, _, _) => "a user is",
        (_, { } node, null) => $"node {node} is",
        (_, { } node, { } age) => $"tunnels to {node} that are older than {age} s are",
        (_, _, { } age) => $"tunnels that are older than {age} s are",
        _ => "nothing is",
    };

    private IEnumerable<Tunnel> Source(FleetCluster cluster, TunnelRegistry tunnels) => this switch
    {
        { User: { } user } => tunnels.Of(cluster.Id, user),
        { Node: { } node } => tunnels.On(new NodeKey(cluster.Id, node)),
        { OlderThanSeconds: not null } => cluster.Current.All.SelectMany(node => tunnels.On(node.Key)),
        _ => [],
    };
}
