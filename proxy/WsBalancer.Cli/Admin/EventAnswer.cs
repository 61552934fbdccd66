namespace WsBalancer.Cli.Admin;

/// <summary>Something that happened at the balancer; the document says more.</summary>
internal sealed record EventAnswer(DateTimeOffset At, string Kind, string? Cluster, string Message);
