using System.Text.Json.Serialization;

namespace WsBalancer.Cli.RingCompare;

/// <summary>Writes the comparison for <c>--json</c>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ComparisonReport))]
internal sealed partial class RingCompareJson : JsonSerializerContext;
