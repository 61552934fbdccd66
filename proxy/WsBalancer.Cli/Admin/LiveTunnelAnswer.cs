namespace WsBalancer.Cli.Admin;

/// <summary>One live tunnel, with what has gone through it.</summary>
internal sealed record LiveTunnelAnswer(
    string Id,
    string User,
    string Node,
    double AgeSeconds,
    bool Misplaced,
    double IdleClientSeconds,
    double IdleNodeSeconds,
    long BytesFromClient,
    long BytesFromNode,
    string? Path);
