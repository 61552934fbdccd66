namespace WsBalancer.Cli.Admin;

/// <summary>
/// A record from outside of the balancer that is set aside, in the answer of <c>GET /api/v1/clusters</c>.
/// </summary>
internal sealed record ProblemRecordAnswer(string Source, string Record, string Mistake, DateTimeOffset Since);
