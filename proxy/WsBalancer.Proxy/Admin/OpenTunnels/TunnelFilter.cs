using System.Net;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Admin.OpenTunnels;

/// <summary>The open tunnels of a cluster that are listed, and their order.</summary>
/// <param name="User">The user of the tunnels; null for all users.</param>
/// <param name="Node">The node of the tunnels; null for all nodes.</param>
/// <param name="OlderThanSeconds">The age that the tunnels exceed; null for any age.</param>
/// <param name="Client">The network of the clients; null for all clients.</param>
/// <param name="Order">The order of the tunnels.</param>
/// <param name="Limit">The maximum number of tunnels.</param>
internal sealed record TunnelFilter(
    string? User, Node? Node, double? OlderThanSeconds, IPNetwork? Client, TunnelOrder Order, int Limit)
{
    public const int DefaultLimit = 50;
    public const int MaxLimit = 10_000;

    /// <summary>The tunnels in their order; equal ones are sorted by age, then by id.</summary>
    public IEnumerable<Tunnel> In(FleetCluster cluster, TunnelRegistry tunnels) => Source(cluster, tunnels)
        .Where(tunnel => Node is null || tunnel.Identity.Node == Node.Key)
        .Where(tunnel => OlderThanSeconds is not { } seconds || tunnel.Age.TotalSeconds > seconds)
        .Where(tunnel => Client is not { } network
            || (tunnel.Origin?.Client is { } client && network.Contains(client)))
        .OrderByDescending(Rank)
        .ThenBy(tunnel => tunnel.OpenedTimestamp)
        .ThenBy(tunnel => tunnel.Identity.Id, StringComparer.Ordinal)
        .Take(Limit);

    private double Rank(Tunnel tunnel) => Order switch
    {
        TunnelOrder.Idle => Math.Min(tunnel.IdleFor.Client.TotalSeconds, tunnel.IdleFor.Node.TotalSeconds),
        TunnelOrder.Bytes => tunnel.Traffic.BytesFromClient + (double)tunnel.Traffic.BytesFromNode,
        _ => 0,
    };

    private IEnumerable<Tunnel> Source(FleetCluster cluster, TunnelRegistry tunnels) => this switch
    {
        { User: { } user } => tunnels.Of(cluster.Id, user),
        { Node: { } node } => tunnels.On(node.Key),
        _ => cluster.Current.All.SelectMany(node => tunnels.On(node.Key)),
    };
}

/// <summary>The order in which tunnels are listed, the highest value first.</summary>
internal enum TunnelOrder
{
    /// <summary>By age.</summary>
    Age,

    /// <summary>By how long neither side has sent anything.</summary>
    Idle,

    /// <summary>By the bytes of both directions.</summary>
    Bytes,
}
