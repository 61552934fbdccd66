namespace WsBalancer.Cli.Admin;

/// <summary>A record from outside that the balancer sets aside, in the answer of <c>GET /api/v1/clusters</c>.</summary>
internal sealed record ProblemRecordAnswer(string Source, string Record, string Mistake, DateTimeOffset Since);
