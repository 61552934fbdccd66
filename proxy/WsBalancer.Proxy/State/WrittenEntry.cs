using System.Text.Json;
using System.Text.Json.Serialization;

namespace WsBalancer.Proxy.State;

/// <summary>A record in the state file.</summary>
internal sealed record WrittenEntry(WrittenRecord Record, StateStanding Standing);

/// <summary>A record as it is written. What its value is depends on its kind.</summary>
internal sealed record WrittenRecord(
    string Cluster, StateKind Kind, string Node, long Number, string Writer, JsonElement? Value);

// Strict: a record of which a part is missing, twice, or unknown is damaged, or of a later version than this program.
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(WrittenEntry))]
[JsonSerializable(typeof(Dictionary<string, long>))]
[JsonSerializable(typeof(MemberValue))]
[JsonSerializable(typeof(RemovalValue))]
[JsonSerializable(typeof(WeightValue))]
[JsonSerializable(typeof(DrainValue))]
[JsonSerializable(typeof(BlendValue))]
[JsonSerializable(typeof(RebalanceValue))]
internal sealed partial class StateJsonContext : JsonSerializerContext;
