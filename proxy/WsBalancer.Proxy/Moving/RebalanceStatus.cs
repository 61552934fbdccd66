using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Moving;

/// <summary>How far the rebalance of a cluster is.</summary>
/// <param name="State">Where it is.</param>
/// <param name="Misplaced">Tunnels whose node is not their user's home.</param>
/// <param name="Blocked">Those of them that it leaves alone.</param>
/// <param name="Closed">Tunnels that it closed.</param>
/// <param name="EtaSeconds">Until the last is closed; null if nobody can tell.</param>
/// <param name="Reason">Why it is where it is, or why tunnels stay; null if there is nothing to say.</param>
/// <param name="RatePerSecond">Tunnels a second.</param>
internal sealed record RebalanceStatus(
    RebalanceState State,
    long Misplaced,
    long Blocked,
    long Closed,
    double? EtaSeconds,
    string? Reason,
    double RatePerSecond);

/// <summary>What became of an operator's request about a rebalance.</summary>
/// <param name="Status">In the whole fleet, as far as it is known.</param>
/// <param name="Epoch">The ring's, which a rebalance does not change.</param>
/// <param name="Shared">Whether the other balancers were told; null if there are none.</param>
internal sealed record RebalanceResult(RebalanceStatus Status, long Epoch, bool? Shared);
