using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Draining;

/// <summary>The progress of the drain of a node.</summary>
/// <param name="State">The state of the node, with the tunnels that remain.</param>
/// <param name="Sources">The sources of the drain, <c>operator</c> and <c>node</c>; empty if the node does not
/// drain.</param>
/// <param name="Total">Open tunnels when the drain began; now, if the node does not drain.</param>
/// <param name="Remaining">Open tunnels now.</param>
/// <param name="Closed">Tunnels that the drain has closed or is closing.</param>
/// <param name="Forced">Closed tunnels that were aborted, since the client did not answer in time.</param>
/// <param name="RatePerSecond">The current rate, which the deadline may have raised.</param>
/// <param name="EtaSeconds">The seconds until the last tunnel is closed; null if unknown.</param>
/// <param name="DeadlineSeconds">The seconds until the deadline; null without one.</param>
/// <param name="CloseCode">The code of the Close frames; null if none is sent.</param>
internal sealed record DrainStatus(
    NodeState State,
    IReadOnlyList<string> Sources,
    long Total,
    long Remaining,
    long Closed,
    long Forced,
    double RatePerSecond,
    double? EtaSeconds,
    double? DeadlineSeconds,
    int? CloseCode)
{
    /// <summary>The status of a node that does not drain, with its open tunnels.</summary>
    public static DrainStatus None(NodeStatus node, long open) =>
        new(node.StateWith(open), [], open, open, 0, 0, 0, null, null, null);

    /// <summary>The status of a node that this balancer no longer has, with the parts of the other balancers.</summary>
    public static DrainStatus Leaving(PeerDrain others) => new(
        NodeState.Leaving, [], others.Total, others.Remaining, others.Closed, others.Forced, 0, null, null, null);

    /// <summary>
    /// The seconds until the remaining tunnels are closed at a rate, or until the deadline if that is earlier; null
    /// without both.
    /// </summary>
    public static double? Eta(long remaining, double rate, double? deadline)
    {
        if (remaining == 0)
        {
            return 0;
        }

        var byRate = rate > 0 ? remaining / rate : (double?)null;
        var byDeadline = deadline is > 0 ? deadline : null;
        var eta = byRate is { } one && byDeadline is { } other ? Math.Min(one, other) : byRate ?? byDeadline;
        return eta is { } seconds ? Math.Round(seconds, 1) : null;
    }
}

/// <summary>The result of an operator's request about a drain.</summary>
/// <param name="Node">The id of the node, as the fleet spells it.</param>
/// <param name="Status">The progress in the whole fleet, as far as the other balancers are known, or at this balancer
/// if that was requested.</param>
/// <param name="Epoch">The epoch of the ring, which a drain does not change.</param>
/// <param name="Shared">Whether the change was sent to the other balancers, or without a change, whether they are in
/// the counts; null if this balancer does not share.</param>
internal sealed record DrainResult(string Node, DrainStatus Status, long Epoch, bool? Shared);
