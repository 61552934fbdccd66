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
