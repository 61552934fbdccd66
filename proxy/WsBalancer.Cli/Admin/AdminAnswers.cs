using System.Text.Json.Serialization;

namespace WsBalancer.Cli.Admin;

/// <summary>One cluster in the answer of <c>GET /api/v1/clusters</c>.</summary>
internal sealed record ClusterAnswer(string Id, RingAnswer Ring, IReadOnlyList<NodeAnswer> Nodes);

/// <summary>A cluster's ring: how it was built and which content it has.</summary>
internal sealed record RingAnswer(string Algorithm, string Spec, long Epoch, string Fingerprint);

/// <summary>One node of a cluster.</summary>
/// <remarks><c>Share</c> is the part of the key space that the ring gives the node, 0…1, whatever its state.</remarks>
internal sealed record NodeAnswer(
    string Id, string Address, int Weight, string State, string Health, long Tunnels, long Misplaced, double Share);

/// <summary>The answer of <c>GET /api/v1/clusters/{c}/owner</c>.</summary>
/// <remarks>
/// <c>Node</c> is where a new tunnel would go now, and <c>Reason</c> why, in the balancer's words. <c>Home</c> is null
/// when every node is draining.
/// </remarks>
internal sealed record OwnerAnswer(
    string User,
    string? Owner,
    string? Home,
    string? Node,
    IReadOnlyList<string> Order,
    string Reason,
    IReadOnlyList<TunnelAnswer> Tunnels);

/// <summary>One live tunnel of a user.</summary>
internal sealed record TunnelAnswer(string Id, string Node, DateTimeOffset OpenedAt, bool Misplaced);

/// <summary>RFC 9457 problem details.</summary>
internal sealed record ProblemAnswer(string? Title, string? Detail);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(IReadOnlyList<ClusterAnswer>))]
[JsonSerializable(typeof(OwnerAnswer))]
[JsonSerializable(typeof(ProblemAnswer))]
internal sealed partial class AdminJson : JsonSerializerContext;
