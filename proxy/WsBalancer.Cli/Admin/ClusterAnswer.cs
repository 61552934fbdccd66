namespace WsBalancer.Cli.Admin;

/// <summary>One cluster in the answer of <c>GET /api/v1/clusters</c>.</summary>
internal sealed record ClusterAnswer(string Id, RingAnswer Ring, IReadOnlyList<NodeAnswer> Nodes);
