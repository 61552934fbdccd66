using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using WsBalancer.Proxy.Framing;

namespace WsBalancer.Proxy.State;

/// <summary>Records as JSON: the same text for the same record at every balancer, and read back strictly.</summary>
internal static class StateJson
{
    /// <summary>Leaves room to count on: no fleet decides so often, so above it lies only damage.</summary>
    public const long HighestNumber = 1L << 52;

    private const int HighestWeight = 65_535;

    // Far more than anybody can ask for, and still a span of time.
    private const double LongestSeconds = 1e9;

    /// <summary>A record as one line of JSON.</summary>
    public static string Write(StateRecord record) =>
        JsonSerializer.Serialize(ToWritten(record), StateJsonContext.Default.WrittenRecord);

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="JsonException">It is not a record; the message says why.</exception>
    public static StateRecord Read(ReadOnlySpan<char> json) => FromWritten(
        JsonSerializer.Deserialize(json, StateJsonContext.Default.WrittenRecord)
        ?? throw new JsonException("null is not a record"));

    public static WrittenRecord ToWritten(StateRecord record) => new(
        record.Key.Cluster,
        record.Key.Kind,
        record.Key.Node,
        record.Version.Number,
        record.Version.Writer,
        record.Value is { } value
            ? JsonSerializer.SerializeToElement(value, StateJsonContext.Default.GetTypeInfo(value.GetType())!)
            : null);

    /// <exception cref="JsonException">It is not a record; the message says why.</exception>
    public static StateRecord FromWritten(WrittenRecord written)
    {
        var key = StateKey.Of(written.Cluster, written.Kind, written.Node);
        var isOfCluster = written.Kind is StateKind.Blend or StateKind.Rebalance;
        Demand(key, written.Cluster.Length > 0, "has no cluster");
        Demand(key, isOfCluster == (written.Node.Length == 0), isOfCluster ? "names a node" : "names no node");
        Demand(key, written.Number is >= 1 and <= HighestNumber, $"has the number {written.Number}");
        Demand(key, written.Writer.Length > 0, "has no writer");
        var value = written.Value is { } element
            ? (StateValue?)element.Deserialize(InfoOf(written.Kind))
            : null;
        Demand(key, value is null || IsSound(value), "has a value out of its bounds");
        return new StateRecord(key, new StateVersion(written.Number, written.Writer), value);
    }

    private static JsonTypeInfo InfoOf(StateKind kind) => kind switch
    {
        StateKind.Member => StateJsonContext.Default.MemberValue,
        StateKind.Removal => StateJsonContext.Default.RemovalValue,
        StateKind.Weight => StateJsonContext.Default.WeightValue,
        StateKind.Drain => StateJsonContext.Default.DrainValue,
        StateKind.Blend => StateJsonContext.Default.BlendValue,
        StateKind.Rebalance => StateJsonContext.Default.RebalanceValue,
        _ => throw new JsonException($"there is no kind {kind}"),
    };

    private static bool IsSound(StateValue value) => value switch
    {
        MemberValue member => IsWeight(member.Weight)
            && Uri.TryCreate(member.Address, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https",
        RemovalValue removal => removal.Drain is null || IsSound(removal.Drain),
        WeightValue weight => IsWeight(weight.Weight) && IsWeight(weight.FileWeight),
        DrainValue drain => IsRate(drain.RatePerSecond) && drain.DeadlineSeconds is null or (>= 0 and <= LongestSeconds)
            && CloseCode.MayBeSent(drain.CloseCode),
        BlendValue blend => blend.Share is >= 0 and <= 1,
        RebalanceValue rebalance => IsRate(rebalance.RatePerSecond),
        _ => false,
    };

    private static bool IsWeight(int weight) => weight is >= 0 and <= HighestWeight;

    private static bool IsRate(double rate) => rate >= 0 && double.IsFinite(rate);

    private static void Demand(StateKey key, bool holds, string mistake)
    {
        if (!holds)
        {
            throw new JsonException($"the record {key} {mistake}");
        }
    }
}
