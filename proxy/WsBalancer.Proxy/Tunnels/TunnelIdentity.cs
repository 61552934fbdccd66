namespace WsBalancer.Proxy.Tunnels;

/// <summary>Who a tunnel is for and where it leads.</summary>
/// <param name="Id">Names the tunnel at this balancer.</param>
/// <param name="Node">Where it leads.</param>
/// <param name="User">The user id, or null for a tunnel that was spread.</param>
/// <param name="Protocol">The client's HTTP version, as in <c>HTTP/1.1</c>.</param>
internal sealed record TunnelIdentity(string Id, NodeKey Node, string? User, string Protocol);

/// <summary>What passed through a tunnel so far.</summary>
internal readonly record struct TunnelTraffic(
    long BytesFromClient, long BytesFromNode, long FramesFromClient, long FramesFromNode);
