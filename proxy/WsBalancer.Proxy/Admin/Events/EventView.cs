using System.Text.Json;
using WsBalancer.Proxy.Telemetry;

namespace WsBalancer.Proxy.Admin.Events;

/// <summary>Something that happened, as the API shows it.</summary>
internal sealed record EventView(
    long Id,
    DateTimeOffset At,
    string Kind,
    string Cluster,
    string? Node,
    string Message,
    IReadOnlyDictionary<string, double> Figures)
{
    public static EventView Of(BalancerEvent happened) => new(
        happened.Id,
        happened.At,
        LabelOf(happened.Kind),
        happened.Cluster,
        happened.Node,
        happened.Message,
        happened.Figures);

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
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No label is published for this kind."),
    };
}
