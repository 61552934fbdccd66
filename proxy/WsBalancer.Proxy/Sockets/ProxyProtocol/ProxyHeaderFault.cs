namespace WsBalancer.Proxy.Sockets.ProxyProtocol;

/// <summary>Why a connection that must begin with a PROXY header is closed.</summary>
internal enum ProxyHeaderFault
{
    /// <summary>It begins with something else.</summary>
    Missing,

    /// <summary>Its header is not valid, or too long.</summary>
    Malformed,

    /// <summary>Its header was not complete in time.</summary>
    Late,
}
