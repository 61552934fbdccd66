namespace WsBalancer.Sockets.ProxyProtocol;

/// <summary>The errors for which a connection that must begin with a PROXY header is closed.</summary>
internal enum ProxyHeaderFault
{
    /// <summary>The connection begins with other bytes.</summary>
    Missing,

    /// <summary>The header is invalid, or too long.</summary>
    Malformed,

    /// <summary>The header was not complete in time.</summary>
    Late,
}
