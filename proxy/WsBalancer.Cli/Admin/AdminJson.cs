using System.Text.Json.Serialization;

namespace WsBalancer.Cli.Admin;

/// <summary>Reads the answers of the admin API.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(IReadOnlyList<ClusterAnswer>))]
[JsonSerializable(typeof(OwnerAnswer))]
[JsonSerializable(typeof(ProblemAnswer))]
internal sealed partial class AdminJson : JsonSerializerContext;
