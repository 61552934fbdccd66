using System.Text.Json;
using System.Text.Json.Serialization;

namespace WsBalancer.Proxy.State;

/// <summary>The first line of the state file.</summary>
/// <param name="Version">The version of the form of the file.</param>
/// <param name="Records">How many lines of records the file had when it was written as a whole.</param>
/// <param name="Seen">The versions that had been seen at that time.</param>
/// <param name="Floor">The floor of the records.</param>
internal sealed record WrittenHead(
    int Version, int Records, IReadOnlyDictionary<string, long> Seen, IReadOnlyDictionary<string, long> Floor);

/// <summary>A record in the state file. A line is an array of them: the records of one change.</summary>
internal sealed record WrittenEntry(
    WrittenRecord Record, [property: JsonPropertyName("standing")] StateStatus Status);

/// <summary>A record as it is written. The form of the value depends on the kind.</summary>
internal sealed record WrittenRecord(
    string Cluster, StateKind Kind, string Node, long Number, string Writer, JsonElement? Value);

// Strict: a record of which a part is missing, twice, or unknown is damaged, or of a later version than this program.
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(WrittenHead))]
[JsonSerializable(typeof(List<WrittenEntry>))]
[JsonSerializable(typeof(Dictionary<string, long>))]
[JsonSerializable(typeof(MemberValue))]
[JsonSerializable(typeof(RemovalValue))]
[JsonSerializable(typeof(WeightValue))]
[JsonSerializable(typeof(DrainValue))]
[JsonSerializable(typeof(BlendValue))]
[JsonSerializable(typeof(RebalanceValue))]
internal sealed partial class StateJsonContext : JsonSerializerContext;
