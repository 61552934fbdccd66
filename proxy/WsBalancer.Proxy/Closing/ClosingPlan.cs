using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Closing;

/// <summary>The tunnels to close, their order, the pace, and the Close frame.</summary>
/// <param name="Operation">The name of the operation, the same at every balancer; seeds the order of the users.</param>
/// <param name="CloseMessage">The Close frame for the clients, and the counted reason.</param>
/// <param name="Pace">The rate and the deadline.</param>
/// <param name="Source">Returns all tunnels that may be due; called about once a second.</param>
/// <param name="IsDue">Whether to close a tunnel. Called for every tunnel of the source, and for all tunnels of the
/// user just before they are closed.</param>
internal sealed record ClosingPlan(
    string Operation,
    CloseMessage CloseMessage,
    PaceTerms Pace,
    Func<IEnumerable<Tunnel>> Source,
    Func<Tunnel, bool> IsDue)
{
    /// <summary>The part of the fleet's rate for this balancer, 0…1; called at every step.</summary>
    public Func<double> Share { get; init; } = static () => 1;

    /// <summary>Called for every tunnel whose closing has begun.</summary>
    public Action<Tunnel> Closed { get; init; } = static _ => { };
}

/// <summary>The code and text of the Close frame for a tunnel, and the reason under which its end is counted.</summary>
internal sealed record CloseMessage(TunnelEnd End, int Code, string Text);
