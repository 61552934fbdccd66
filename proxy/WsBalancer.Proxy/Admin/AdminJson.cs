using System.Text.Json.Serialization;
using WsBalancer.Proxy.Admin.Changes;
using WsBalancer.Proxy.Admin.Clusters;
using WsBalancer.Proxy.Admin.Events;
using WsBalancer.Proxy.Admin.Moves;
using WsBalancer.Proxy.Admin.OpenTunnels;
using WsBalancer.Proxy.Admin.Requests;
using WsBalancer.Proxy.Admin.Status;

namespace WsBalancer.Proxy.Admin;

/// <summary>
/// The contract of the admin API: the balancer writes these answers and reads these bodies, and the command line reads
/// and writes the same.
/// </summary>
/// <remarks>
/// <para>
/// A command line reads the answers of other versions: unknown members are ignored, and a missing one is read as null
/// or 0, also if its type is not nullable. States and kinds are strings, since another version may have others.
/// </para>
/// <para>
/// The attributes <c>Required</c> and <c>AllowNull</c> of an answer have no effect on its JSON: they keep the schema
/// that the OpenAPI document has published.
/// </para>
/// </remarks>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ClusterView[]))]
[JsonSerializable(typeof(OwnerView))]
[JsonSerializable(typeof(StatusView))]
[JsonSerializable(typeof(BalancersView))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
[JsonSerializable(typeof(EventView))]
[JsonSerializable(typeof(PlanView))]
[JsonSerializable(typeof(ChangeView))]
[JsonSerializable(typeof(BlendView))]
[JsonSerializable(typeof(BlendChangeView))]
[JsonSerializable(typeof(ReloadView))]
[JsonSerializable(typeof(DrainStatusView))]
[JsonSerializable(typeof(RebalanceStatusView))]
[JsonSerializable(typeof(TunnelView[]))]
[JsonSerializable(typeof(DisconnectView))]
[JsonSerializable(typeof(ProblemAnswer))]
[JsonSerializable(typeof(NodeBody))]
[JsonSerializable(typeof(WeightBody))]
[JsonSerializable(typeof(PlanBody))]
[JsonSerializable(typeof(BlendBody))]
[JsonSerializable(typeof(DrainBody))]
[JsonSerializable(typeof(RebalanceBody))]
[JsonSerializable(typeof(PauseBody))]
internal sealed partial class AdminJson : JsonSerializerContext;
