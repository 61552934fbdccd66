namespace WsBalancer.Proxy.Admin.Status;

/// <summary>The balancers that share one fleet, as the API shows them.</summary>
/// <param name="Balancers">This balancer first, then the others by id.</param>
/// <param name="Shared">
/// False if Redis cannot be used, so that the others are not known; null if this balancer does not share.
/// </param>
/// <param name="Redis">The Redis that they share through; null without one.</param>
internal sealed record BalancersView(IReadOnlyList<BalancerView> Balancers, bool? Shared, RedisView? Redis);

/// <summary>A balancer.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Self">Whether it is the one that answers.</param>
/// <param name="Version">Of its program; null if that does not report it.</param>
/// <param name="Tunnels">The tunnels that it has.</param>
/// <param name="Clusters">Its clusters by id.</param>
internal sealed record BalancerView(
    string Id, bool Self, string? Version, long Tunnels, IReadOnlyList<BalancerClusterView> Clusters);

/// <summary>A cluster as a balancer has it.</summary>
/// <param name="Id">Its id, in lower case.</param>
/// <param name="Fingerprint">Of its ring; null without nodes.</param>
/// <param name="Agrees">Whether ring, nodes and drains are those of the balancer that answers.</param>
/// <param name="Tunnels">The tunnels of it.</param>
internal sealed record BalancerClusterView(string Id, string? Fingerprint, bool Agrees, long Tunnels);
