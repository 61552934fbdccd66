namespace WsBalancer.Proxy.Admin.Status;

/// <summary>The balancers that share one fleet, as the API shows them.</summary>
/// <param name="Balancers">This balancer first, then the others by id.</param>
/// <param name="Shared">False if Redis cannot be used, so that the other balancers are not known; null if this balancer
/// does not share.</param>
/// <param name="Redis">The Redis through which the balancers share their state; null without one.</param>
internal sealed record BalancersView(IReadOnlyList<BalancerView> Balancers, bool? Shared, RedisView? Redis);

/// <summary>A balancer of the fleet.</summary>
/// <param name="Id">The id of the balancer.</param>
/// <param name="Self">Whether this balancer is the one that answers.</param>
/// <param name="Version">The version of the program; null if the program does not report it.</param>
/// <param name="Tunnels">The open tunnels of the balancer.</param>
/// <param name="Clusters">The clusters of the balancer, by id.</param>
internal sealed record BalancerView(
    string Id, bool Self, string? Version, long Tunnels, IReadOnlyList<BalancerClusterView> Clusters);

/// <summary>A cluster as a balancer has it.</summary>
/// <param name="Id">The id of the cluster, in lower case.</param>
/// <param name="Fingerprint">The fingerprint of the ring; null without nodes.</param>
/// <param name="Agrees">Whether ring, nodes and drains are those of the balancer that answers.</param>
/// <param name="Tunnels">The open tunnels of the cluster at the balancer.</param>
internal sealed record BalancerClusterView(string Id, string? Fingerprint, bool Agrees, long Tunnels);
