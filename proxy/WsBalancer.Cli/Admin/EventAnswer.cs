namespace WsBalancer.Cli.Admin;

/// <summary>Something that happened at the balancer.</summary>
internal sealed record EventAnswer(
    DateTimeOffset At,
    string Kind,
    string? Cluster,
    string? Node,
    string Message,
    IReadOnlyDictionary<string, double>? Figures);
