using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace WsBalancer.Proxy.State;

/// <summary>
/// Records as JSON: the same text for the same record at every balancer, and read back strictly, one by one.
/// </summary>
internal static class StateJson
{
    /// <summary>A record as one line of JSON.</summary>
    public static string Write(StateRecord record) =>
        JsonSerializer.Serialize(ToWritten(record), StateJsonContext.Default.WrittenRecord);

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="JsonException">The text is not a record; the message has the reason.</exception>
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
            ? JsonSerializer.SerializeToElement(value, InfoOf(record.Key.Kind))
            : null);

    /// <exception cref="JsonException">The value is not a record; the message has the reason.</exception>
    public static StateRecord FromWritten(WrittenRecord written)
    {
        var value = written.Value is { } element ? (StateValue?)element.Deserialize(InfoOf(written.Kind)) : null;
        var record = new StateRecord(
            StateKey.Of(written.Cluster, written.Kind, written.Node),
            new StateVersion(written.Number, written.Writer),
            value);
        return RecordBounds.MistakeIn(record) is { } mistake ? throw new JsonException(mistake) : record;
    }

    /// <summary>
    /// The readable parts of a value that is not a record: its key, and its number if that is at most
    /// <see cref="StateVersion.HighestCounted"/>.
    /// </summary>
    /// <param name="element">The value.</param>
    /// <param name="property">The property that contains the record; null if the whole value is the record.</param>
    public static (StateKey? Key, long Number) PartsOf(JsonElement element, string? property = null)
    {
        try
        {
            var record = property is null ? element : Find(element, property);
            return record is { ValueKind: JsonValueKind.Object } parts ? (KeyIn(parts), NumberIn(parts)) : default;
        }
        catch (InvalidOperationException)
        {
            // A name or a text in the value is not valid Unicode.
            return default;
        }
    }

    private static StateKey? KeyIn(JsonElement record) =>
        FindText(record, "cluster") is { } cluster
        && FindText(record, "node") is { } node
        && FindText(record, "kind") is { } kind
        && Enum.TryParse<StateKind>(kind, ignoreCase: true, out var known)
            ? StateKey.Of(cluster, known, node)
            : null;

    private static long NumberIn(JsonElement record) =>
        Find(record, "number") is { ValueKind: JsonValueKind.Number } number
        && number.TryGetInt64(out var value) && value is >= 1 and <= StateVersion.HighestCounted
            ? value
            : 0;

    private static string? FindText(JsonElement element, string name) =>
        Find(element, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private static JsonElement? Find(JsonElement element, string name) =>
        element.ValueKind is JsonValueKind.Object && element.TryGetProperty(name, out var found) ? found : null;

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
}
