namespace WsBalancer.Proxy.Sockets.ProxyProtocol;

/// <summary>How connections to the nodes of a cluster begin. Bound from <c>WsBalancer:Clusters:C</c> itself.</summary>
internal sealed record NodeConnectionOptions
{
    /// <summary>Whether they begin with a PROXY header that announces the client. Default: off.</summary>
    // Off, because a node that does not expect a header takes it for a bad request.
    public ProxyProtocolVersion ProxyProtocol { get; init; } = ProxyProtocolVersion.Off;
}
