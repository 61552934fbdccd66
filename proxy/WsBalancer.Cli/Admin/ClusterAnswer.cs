namespace WsBalancer.Cli.Admin;

/// <summary>One cluster in the answer of <c>GET /api/v1/clusters</c>.</summary>
/// <remarks>
/// <c>Ring</c> is null without nodes. <c>Problems</c> are the records that are set aside; null if the balancer does not
/// list them.
/// </remarks>
internal sealed record ClusterAnswer(
    string Id, RingAnswer? Ring, IReadOnlyList<NodeAnswer> Nodes, IReadOnlyList<ProblemRecordAnswer>? Problems = null);
