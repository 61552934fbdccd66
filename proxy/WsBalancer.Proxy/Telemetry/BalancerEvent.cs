namespace WsBalancer.Proxy.Telemetry;

/// <summary>An event of the balancer.</summary>
/// <param name="Id">One more than the id of the event before, also over restarts if events are kept in a file.</param>
/// <param name="Run">Identifies the process that published the event.</param>
/// <param name="At">The time at which the event was published.</param>
/// <param name="Kind">The subject of the event.</param>
/// <param name="Cluster">The cluster; null if the event is about the balancer.</param>
/// <param name="Node">The node; null if the event is about the cluster.</param>
/// <param name="Message">The event in one sentence without a full stop.</param>
/// <param name="Figures">Numbers by name, in camel case with their unit.</param>
/// <param name="By">The caller that caused the event; null if none is known.</param>
internal sealed record BalancerEvent(
    long Id,
    string Run,
    DateTimeOffset At,
    EventKind Kind,
    string? Cluster,
    string? Node,
    string Message,
    IReadOnlyDictionary<string, double> Figures,
    EventCause? By);

/// <summary>Who caused an event.</summary>
/// <param name="Name">The name of the token; without tokens <c>local</c> or <c>anonymous</c>; <c>SIGHUP</c> or
/// <c>file</c> for a reload.</param>
/// <param name="User">The user, as the caller has sent it.</param>
/// <param name="Host">The host, as the caller has sent it.</param>
/// <param name="Pid">The process, as the caller has sent it.</param>
/// <param name="Command">The command, as the caller has sent it.</param>
/// <param name="Address">The address of the caller's connection; null for a Unix socket.</param>
internal sealed record EventCause(
    string Name,
    string? User = null,
    string? Host = null,
    int? Pid = null,
    string? Command = null,
    string? Address = null)
{
    /// <summary>A reload on SIGHUP.</summary>
    public static EventCause HangUp { get; } = new("SIGHUP");

    /// <summary>A reload of a file that has changed.</summary>
    public static EventCause File { get; } = new("file");
}
