using WsBalancer.Proxy.Telemetry;

namespace WsBalancer.Proxy;

/// <summary>Something that happened to the fleet.</summary>
/// <param name="Id">A number that grows by one with each event, from 1, and begins anew with the process.</param>
/// <param name="At">When it happened.</param>
/// <param name="Kind">What it is about.</param>
/// <param name="Cluster">The cluster.</param>
/// <param name="Node">The node; null if it is about the cluster.</param>
/// <param name="Message">What happened, in one sentence for people, without a full stop. The words may change.</param>
/// <param name="Figures">Numbers by their name in camel case, with the unit in it; empty if there are none.</param>
public sealed record FleetEvent(
    long Id,
    DateTimeOffset At,
    EventKind Kind,
    string Cluster,
    string? Node,
    string Message,
    IReadOnlyDictionary<string, double> Figures);
