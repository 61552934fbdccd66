namespace WsBalancer.Cli.Admin;

/// <summary>Which live tunnels are meant; null is all, and the order of the balancer.</summary>
internal sealed record TunnelFilter(
    string? User, string? Node, TimeSpan? OlderThan, int? Limit = null, string? Client = null, string? Sort = null);
