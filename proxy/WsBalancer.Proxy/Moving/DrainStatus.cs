using WsBalancer.Proxy.Fleet;

namespace WsBalancer.Proxy.Moving;

/// <summary>How far a drain is.</summary>
/// <param name="State">The node's.</param>
/// <param name="Sources">Who holds the drain; empty if the node does not drain.</param>
/// <param name="Total">Tunnels when it began.</param>
/// <param name="Remaining">Tunnels that are open.</param>
/// <param name="Closed">Tunnels that were asked to close.</param>
/// <param name="Forced">Those of them that had to be cut.</param>
/// <param name="RatePerSecond">The rate now, which the deadline may have raised.</param>
/// <param name="EtaSeconds">Until the last is closed; null if nobody can tell.</param>
/// <param name="DeadlineSeconds">Until the deadline; null without one.</param>
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
    /// <summary>The state in the fleet: a node is drained when its last tunnel has ended, wherever it was.</summary>
    public NodeState FleetState => State == NodeState.Drained && Remaining > 0 ? NodeState.Draining : State;

    /// <summary>That of a node that does not drain.</summary>
    public static DrainStatus None(NodeState state) => new(state, [], 0, 0, 0, 0, 0, null, null, null);

    /// <summary>When so many that remain are closed, at this rate; by the deadline at the latest.</summary>
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

/// <summary>What became of an operator's request about a drain.</summary>
/// <param name="Status">In the whole fleet, as far as it is known.</param>
/// <param name="Epoch">The ring's, which a drain does not change.</param>
/// <param name="Shared">Whether the other balancers were told; null if there are none.</param>
internal sealed record DrainResult(DrainStatus Status, long Epoch, bool? Shared);
