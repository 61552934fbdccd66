using WsBalancer.Proxy.Fleet;

namespace WsBalancer.Proxy;

/// <summary>The drain of a node, over all balancers that share a Redis.</summary>
/// <param name="State">The state of the node. It is <see cref="NodeState.Drained"/> when its last tunnel has ended, and
/// <see cref="NodeState.Active"/> if it does not drain.</param>
/// <param name="Total">The tunnels at the beginning, 0 or more.</param>
/// <param name="Remaining">The open tunnels, 0 or more.</param>
/// <param name="Closed">The tunnels that were sent a Close frame, 0 or more.</param>
/// <param name="Forced">Those of them that did not answer it and were cut, 0 or more.</param>
/// <param name="RatePerSecond">The tunnels that are closed in a second now, which the deadline may have raised.</param>
/// <param name="Left">The time until the last is closed; null if it cannot be known.</param>
/// <param name="IsShared">Whether the other balancers have been sent the change; null if there are none, or if nothing
/// was changed.</param>
public sealed record FleetDrain(
    NodeState State,
    long Total,
    long Remaining,
    long Closed,
    long Forced,
    double RatePerSecond,
    TimeSpan? Left,
    bool? IsShared);
