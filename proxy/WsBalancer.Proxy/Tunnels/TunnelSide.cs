namespace WsBalancer.Proxy.Tunnels;

/// <summary>One of the two peers of a tunnel.</summary>
internal enum TunnelSide : byte
{
    Client,
    Node,
}
