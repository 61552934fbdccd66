using System.Text.Json;
using WsBalancer.Proxy.Telemetry;

namespace WsBalancer.Proxy.Admin.Events;

/// <summary>An event of the balancer, as the API shows it.</summary>
/// <param name="Id">One more than the id of the event before, also over restarts if events are kept in a file.</param>
/// <param name="Run">Identifies the process of the balancer that published the event.</param>
/// <param name="At">The time at which the event was published.</param>
/// <param name="Kind">The subject of the event.</param>
/// <param name="Cluster">The cluster; null if the event is about the balancer.</param>
/// <param name="Node">The node; null if the event is about the cluster.</param>
/// <param name="Message">The event in one sentence without a full stop.</param>
/// <param name="Figures">Numbers by name, with their unit in the name.</param>
/// <param name="By">The caller that caused the event; null if none is known.</param>
internal sealed record EventView(
    long Id,
    string Run,
    DateTimeOffset At,
    string Kind,
    string? Cluster,
    string? Node,
    string Message,
    IReadOnlyDictionary<string, double> Figures,
    EventCauseView? By)
{
    public static EventView From(BalancerEvent happened) => new(
        happened.Id,
        happened.Run,
        happened.At,
        LabelOf(happened.Kind),
        happened.Cluster,
        happened.Node,
        happened.Message,
        happened.Figures,
        happened.By is { } by ? EventCauseView.From(by) : null);

    /// <summary>The event as one line of JSON, for a server-sent event.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, AdminJson.Default.EventView);

    private static string LabelOf(EventKind kind) => kind switch
    {
        EventKind.Node => "node",
        EventKind.Health => "health",
        EventKind.Drain => "drain",
        EventKind.Rebalance => "rebalance",
        EventKind.Ring => "ring",
        EventKind.Disagreement => "disagreement",
        EventKind.Disconnect => "disconnect",
        EventKind.Reload => "reload",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No label is published for this kind."),
    };
}

/// <summary>Who caused an event, as the API shows it.</summary>
/// <param name="Name">The name of the token; <c>local</c> or <c>anonymous</c> without tokens; <c>SIGHUP</c> or
/// <c>file</c> for a reload.</param>
/// <param name="User">The user, as the caller has sent it; not verified.</param>
/// <param name="Host">The host, as the caller has sent it; not verified.</param>
/// <param name="Pid">The process, as the caller has sent it; not verified.</param>
/// <param name="Command">The command, as the caller has sent it; not verified.</param>
/// <param name="Address">The address of the caller's connection; null for a Unix socket.</param>
internal sealed record EventCauseView(
    string Name, string? User, string? Host, int? Pid, string? Command, string? Address)
{
    public static EventCauseView From(EventCause cause) =>
        new(cause.Name, cause.User, cause.Host, cause.Pid, cause.Command, cause.Address);
}
