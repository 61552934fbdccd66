namespace WsBalancer.Cli.Admin;

/// <summary>The answer of <c>GET /api/v1/balancers</c>.</summary>
/// <remarks>
/// <c>Shared</c> is false if Redis cannot be used, so that the other balancers are not known; null without Redis.
/// </remarks>
internal sealed record BalancersAnswer(IReadOnlyList<BalancerAnswer> Balancers, bool? Shared, RedisAnswer? Redis);

/// <summary>A balancer of the fleet.</summary>
internal sealed record BalancerAnswer(
    string Id, bool Self, string? Version, long Tunnels, IReadOnlyList<BalancerClusterAnswer> Clusters);

/// <summary>A cluster as a balancer has it.</summary>
internal sealed record BalancerClusterAnswer(string Id, string? Fingerprint, bool Agrees, long Tunnels);
