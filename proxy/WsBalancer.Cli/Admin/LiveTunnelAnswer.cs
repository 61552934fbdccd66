namespace WsBalancer.Cli.Admin;

/// <summary>One live tunnel, with its traffic.</summary>
/// <remarks>
/// <c>User</c> is null if the tunnel was placed without a user id. <c>Path</c> is the data path, native or portable;
/// <c>RequestPath</c> is the path of the handshake request.
/// </remarks>
internal sealed record LiveTunnelAnswer(
    string Id,
    string? User,
    string Node,
    double AgeSeconds,
    bool Misplaced,
    double IdleClientSeconds,
    double IdleNodeSeconds,
    long BytesFromClient,
    long BytesFromNode,
    string? Path,
    string? Client = null,
    string? RequestPath = null,
    string? Protocol = null);

/// <summary>
/// Selects live tunnels. A null selects all; a null <c>Sort</c> is the default order of the balancer.
/// </summary>
internal sealed record TunnelFilter(
    string? User, string? Node, TimeSpan? OlderThan, int? Limit = null, string? Client = null, string? Sort = null);

/// <summary>
/// The number of tunnels that this balancer closes, and whether the request was sent to the other balancers; null if
/// the balancer does not share.
/// </summary>
internal sealed record DisconnectAnswer(long Closed, bool? Shared);
