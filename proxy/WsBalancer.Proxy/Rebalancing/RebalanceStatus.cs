using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Rebalancing;

/// <summary>The progress of the rebalance of a cluster.</summary>
/// <param name="State">The state of the last rebalance.</param>
/// <param name="Misplaced">Tunnels whose node is not their user's home.</param>
/// <param name="Blocked">Misplaced tunnels that neither the rebalance nor a drain closes.</param>
/// <param name="Closed">Tunnels that the rebalance has closed.</param>
/// <param name="EtaSeconds">The seconds until the last tunnel is closed; null if unknown.</param>
/// <param name="Reason">Why the rebalance has ended or waits, or why tunnels stay misplaced; null if there is no
/// reason.</param>
/// <param name="RatePerSecond">The rate in tunnels per second, of the whole fleet.</param>
internal sealed record RebalanceStatus(
    RebalanceState State,
    long Misplaced,
    long Blocked,
    long Closed,
    double? EtaSeconds,
    string? Reason,
    double RatePerSecond);

/// <summary>The result of an operator's request about a rebalance.</summary>
/// <param name="Status">The progress in the whole fleet, as far as the other balancers are known.</param>
/// <param name="Epoch">The epoch of the ring, which a rebalance does not change.</param>
/// <param name="Shared">Whether the change was sent to the other balancers; null if this balancer does not
/// share.</param>
internal sealed record RebalanceResult(RebalanceStatus Status, long Epoch, bool? Shared);
