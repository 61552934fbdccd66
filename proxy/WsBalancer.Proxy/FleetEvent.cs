using WsBalancer.Proxy.Telemetry;

namespace WsBalancer.Proxy;

/// <summary>An event of the fleet.</summary>
/// <param name="Id">A number that increases by one with each event. Begins with 1, or continues after a restart if
/// events are kept (<c>Admin:Events</c>).</param>
/// <param name="At">The time of the event.</param>
/// <param name="Kind">The kind of the event.</param>
/// <param name="Cluster">The cluster; null if the event is about the balancer.</param>
/// <param name="Node">The node; null if the event is about the cluster or the balancer.</param>
/// <param name="Message">The event in one sentence for people, without a full stop. The words may change.</param>
/// <param name="Figures">Numbers by their name in camel case, with the unit in it; empty if there are none.</param>
/// <param name="By">The cause: the name of the token of the admin API, <c>SIGHUP</c> or <c>file</c>; null if it is not
/// known.</param>
public sealed record FleetEvent(
    long Id,
    DateTimeOffset At,
    EventKind Kind,
    string? Cluster,
    string? Node,
    string Message,
    IReadOnlyDictionary<string, double> Figures,
    string? By);
