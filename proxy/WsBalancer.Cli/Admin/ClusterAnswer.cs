namespace WsBalancer.Cli.Admin;

/// <summary>One cluster in the answer of <c>GET /api/v1/clusters</c>; without nodes it has no ring.</summary>
/// <param name="Id">The cluster.</param>
/// <param name="Ring">Its ring.</param>
/// <param name="Nodes">Its nodes.</param>
/// <param name="Problems">Records that are set aside; null at a balancer that does not list them.</param>
internal sealed record ClusterAnswer(
    string Id, RingAnswer? Ring, IReadOnlyList<NodeAnswer> Nodes, IReadOnlyList<ProblemRecordAnswer>? Problems = null);
