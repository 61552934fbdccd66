using WsBalancer.Proxy.Telemetry;

namespace WsBalancer.Proxy;

/// <summary>Something that happened to the fleet.</summary>
/// <param name="Id">
/// A number that grows by one with each event; from 1, or over restarts if events are kept (<c>Admin:Events</c>).
/// </param>
/// <param name="At">When it happened.</param>
/// <param name="Kind">What it is about.</param>
/// <param name="Cluster">The cluster; null if it is about the balancer.</param>
/// <param name="Node">The node; null if it is about the cluster or the balancer.</param>
/// <param name="Message">What happened, in one sentence for people, without a full stop. The words may change.</param>
/// <param name="Figures">Numbers by their name in camel case, with the unit in it; empty if there are none.</param>
/// <param name="By">
/// Who caused it, as the name of the token of the admin API, <c>SIGHUP</c> or <c>file</c>; null if that is not known.
/// </param>
public sealed record FleetEvent(
    long Id,
    DateTimeOffset At,
    EventKind Kind,
    string? Cluster,
    string? Node,
    string Message,
    IReadOnlyDictionary<string, double> Figures,
    string? By);
