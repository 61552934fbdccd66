using System.Text.Json;
using WsBalancer.Proxy.Telemetry;

namespace WsBalancer.Proxy.Admin.Events;

/// <summary>Something that happened, as the API shows it.</summary>
/// <param name="Id">One more than that of the event before, also over restarts if events are kept in a file.</param>
/// <param name="Run">The process of the balancer in which it happened.</param>
/// <param name="At">When.</param>
/// <param name="Kind">What it is about.</param>
/// <param name="Cluster">Where; null if it is about the balancer.</param>
/// <param name="Node">Which node; null if it is about the cluster.</param>
/// <param name="Message">What happened.</param>
/// <param name="Figures">Numbers by name, with their unit in the name.</param>
/// <param name="By">The caller that caused it; null if none is known.</param>
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
    public static EventView Of(BalancerEvent happened) => new(
        happened.Id,
        happened.Run,
        happened.At,
        LabelOf(happened.Kind),
        happened.Cluster,
        happened.Node,
        happened.Message,
        happened.Figures,
        happened.By is { } by ? EventCauseView.Of(by) : null);

    /// <summary>The event as a line of server-sent events has it.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, JsonSerializerOptions.Web);

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
/// <param name="User">The user, as the caller has sent it; not verified, nor are the next three.</param>
/// <param name="Host">The host.</param>
/// <param name="Pid">The process.</param>
/// <param name="Command">The command.</param>
/// <param name="Address">The address of the caller's connection; null for a Unix socket.</param>
internal sealed record EventCauseView(
    string Name, string? User, string? Host, int? Pid, string? Command, string? Address)
{
    public static EventCauseView Of(EventCause cause) =>
        new(cause.Name, cause.User, cause.Host, cause.Pid, cause.Command, cause.Address);
}
