namespace WsBalancer.Proxy.Tunnels;

/// <summary>The id of a tunnel, its user and its node.</summary>
/// <param name="Id">The id of the tunnel: see <see cref="TunnelRegistry.NextId"/>.</param>
/// <param name="Node">The node that the tunnel is connected to.</param>
/// <param name="User">The user id, or null for a tunnel that was spread.</param>
/// <param name="Protocol">The client's HTTP version, as in <c>HTTP/1.1</c>.</param>
internal sealed record TunnelIdentity(string Id, NodeKey Node, string? User, string Protocol);

/// <summary>The bytes and frames that a tunnel has forwarded so far.</summary>
internal readonly record struct TunnelTraffic(
    long BytesFromClient, long BytesFromNode, long FramesFromClient, long FramesFromNode);
