namespace WsBalancer.Proxy;

/// <summary>An open tunnel.</summary>
/// <param name="Id">The id of the tunnel, as logs and the admin API have it.</param>
/// <param name="User">The user id; null if the tunnel was opened without one.</param>
/// <param name="Node">The id of its node.</param>
/// <param name="OpenedAt">When it was opened.</param>
/// <param name="IsMisplaced">Whether its user has another home.</param>
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
