namespace WsBalancer.Proxy;

/// <summary>An open tunnel.</summary>
/// <param name="Id">The id of the tunnel, as in logs and in the admin API.</param>
/// <param name="User">The user id; null if the tunnel was opened without one.</param>
/// <param name="Node">The id of the node.</param>
/// <param name="OpenedAt">The time when the tunnel was opened.</param>
/// <param name="IsMisplaced">Whether the user has another home.</param>
/// <param name="BytesFromClient">Bytes that the client has sent, 0 or more.</param>
/// <param name="BytesFromNode">Bytes that the node has sent, 0 or more.</param>
public sealed record FleetTunnel(
    string Id,
    string? User,
    string Node,
    DateTimeOffset OpenedAt,
    bool IsMisplaced,
    long BytesFromClient,
    long BytesFromNode);
