using WsBalancer.Proxy.Fleet;

namespace WsBalancer.Proxy;

/// <summary>The drain of a node, over all balancers that share a Redis.</summary>
/// <param name="State">The state of the node: <see cref="NodeState.Drained"/> when its last tunnel has ended,
/// <see cref="NodeState.Active"/> if the node does not drain.</param>
/// <param name="Total">The tunnels at the beginning, or now if the node does not drain; 0 or more.</param>
/// <param name="Remaining">The open tunnels, 0 or more.</param>
/// <param name="Closed">The tunnels that were sent a Close frame, 0 or more.</param>
/// <param name="Forced">The tunnels whose client did not answer the Close frame in time and that were aborted, 0 or
/// more.</param>
/// <param name="RatePerSecond">The number of tunnels that are closed per second now; the deadline may have raised
/// it.</param>
/// <param name="Left">The time until the last tunnel is closed; null if it cannot be known.</param>
/// <param name="IsShared">Whether the change was sent to the other balancers; null if there are none, or if nothing was
/// changed.</param>
public sealed record FleetDrain(
    NodeState State,
    long Total,
    long Remaining,
    long Closed,
    long Forced,
    double RatePerSecond,
    TimeSpan? Left,
    bool? IsShared);
