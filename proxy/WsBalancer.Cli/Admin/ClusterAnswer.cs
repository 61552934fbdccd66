namespace WsBalancer.Cli.Admin;

/// <summary>One cluster in the answer of <c>GET /api/v1/clusters</c>; without nodes it has no ring.</summary>
internal sealed record ClusterAnswer(string Id, RingAnswer? Ring, IReadOnlyList<NodeAnswer> Nodes);
