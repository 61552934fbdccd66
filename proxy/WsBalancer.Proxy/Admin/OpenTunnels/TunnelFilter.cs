using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Admin.OpenTunnels;

/// <summary>Which of a cluster's open tunnels somebody wants to see.</summary>
/// <param name="User">Whose; null for everybody's.</param>
/// <param name="Node">Where; null for all nodes.</param>
/// <param name="OlderThanSeconds">How old at least; null for any age.</param>
/// <param name="Limit">How many at most.</param>
internal sealed record TunnelFilter(string? User, Node? Node, double? OlderThanSeconds, int Limit)
{
    public const int DefaultLimit = 50;
    public const int MostLimit = 10_000;

    /// <summary>The tunnels, the oldest first.</summary>
    public IEnumerable<Tunnel> In(FleetCluster cluster, TunnelRegistry tunnels) => Source(cluster, tunnels)
        .Where(tunnel => Node is null || tunnel.Identity.Node == Node.Key)
        .Where(tunnel => OlderThanSeconds is not { } seconds || tunnel.Age.TotalSeconds > seconds)
        .OrderBy(tunnel => tunnel.OpenedTimestamp)
        .ThenBy(tunnel => tunnel.Identity.Id, StringComparer.Ordinal)
        .Take(Limit);

    private IEnumerable<Tunnel> Source(FleetCluster cluster, TunnelRegistry tunnels) => this switch
    {
        { User: { } user } => tunnels.Of(cluster.Id, user),
        { Node: { } node } => tunnels.On(node.Key),
        _ => cluster.Current.All.SelectMany(node => tunnels.On(node.Key)),
    };
}
