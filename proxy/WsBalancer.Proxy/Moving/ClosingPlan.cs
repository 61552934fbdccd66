using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Moving;

/// <summary>Which tunnels are to be closed, in which order, how fast, and with which words.</summary>
/// <param name="Operation">Names it at every balancer; seeds the order of the users.</param>
/// <param name="Farewell">What the clients are told.</param>
/// <param name="Pace">How fast.</param>
/// <param name="Source">Walked once a second: all tunnels among which those to close are.</param>
/// <param name="IsDue">Whether a tunnel of the source is to be closed; asked again just before it is.</param>
internal sealed record ClosingPlan(
    string Operation, Farewell Farewell, PaceTerms Pace, Func<IEnumerable<Tunnel>> Source, Func<Tunnel, bool> IsDue)
{
    /// <summary>The part of the rate that is this balancer's, asked at every step.</summary>
    public Func<double> Share { get; init; } = static () => 1;

    /// <summary>Called for every tunnel that was asked to close.</summary>
    public Action<Tunnel> Closed { get; init; } = static _ => { };
}

/// <summary>What a closed tunnel is told, and counted as.</summary>
internal sealed record Farewell(TunnelEnd End, int Code, string Text);
