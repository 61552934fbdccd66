using WsBalancer.Sockets.ProxyProtocol;

namespace WsBalancer.Proxy.Sockets;

/// <summary>Settings of connections to the nodes of a cluster. Bound from <c>WsBalancer:Clusters:C</c>
/// itself.</summary>
internal sealed record NodeConnectionOptions
{
    /// <summary>Whether connections begin with a PROXY header with the addresses of the client. Default: off.</summary>
    // Off, because a node that does not expect a header rejects it as a bad request.
    public ProxyProtocolVersion ProxyProtocol { get; init; } = ProxyProtocolVersion.Off;
}
