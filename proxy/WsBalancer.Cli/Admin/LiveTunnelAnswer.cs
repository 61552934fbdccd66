namespace WsBalancer.Cli.Admin;

/// <summary>One live tunnel, with what has gone through it.</summary>
/// <remarks><c>User</c> is null if no request said who it is, and the tunnel was spread.</remarks>
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
    string? Path);
