namespace WsBalancer.Cli.Admin;

/// <summary>Which live tunnels are meant; null is all.</summary>
internal sealed record TunnelFilter(string? User, string? Node, TimeSpan? OlderThan, int Limit);
