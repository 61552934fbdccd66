using System.Text.Json.Serialization;

namespace WsBalancer.Cli.Admin;

/// <summary>Reads the answers of the admin API.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(IReadOnlyList<ClusterAnswer>))]
[JsonSerializable(typeof(StatusAnswer))]
[JsonSerializable(typeof(OwnerAnswer))]
[JsonSerializable(typeof(PlanAnswer))]
[JsonSerializable(typeof(BlendAnswer))]
[JsonSerializable(typeof(DrainAnswer))]
[JsonSerializable(typeof(RebalanceAnswer))]
[JsonSerializable(typeof(IReadOnlyList<LiveTunnelAnswer>))]
[JsonSerializable(typeof(DisconnectAnswer))]
[JsonSerializable(typeof(ReloadAnswer))]
[JsonSerializable(typeof(BalancersAnswer))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
[JsonSerializable(typeof(EventAnswer))]
[JsonSerializable(typeof(ProblemAnswer))]
internal sealed partial class AdminJson : JsonSerializerContext;
