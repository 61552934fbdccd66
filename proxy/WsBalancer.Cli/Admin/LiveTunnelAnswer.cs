namespace WsBalancer.Cli.Admin;

/// <summary>One live tunnel, with what has gone through it.</summary>
/// <remarks>
/// <c>User</c> is null if the request named none, and the tunnel was spread. <c>Path</c> is that of its bytes,
/// <c>RequestPath</c> that of its handshake.
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
