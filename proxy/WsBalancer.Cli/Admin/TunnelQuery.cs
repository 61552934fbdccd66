namespace WsBalancer.Cli.Admin;

/// <summary>
/// Selects live tunnels. A null selects all; a null <c>Sort</c> is the default order of the balancer.
/// </summary>
internal sealed record TunnelQuery(
    string? User, string? Node, TimeSpan? OlderThan, int? Limit = null, string? Client = null, string? Sort = null);
