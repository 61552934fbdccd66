using WsBalancer.Proxy.Sockets.ProxyProtocol;

namespace WsBalancer.Proxy.Sockets.Transport;

/// <summary>Counts and answers the clients that are refused before their requests are read.</summary>
internal interface IClientRefusal
{
    /// <summary>A client is refused for want of descriptors.</summary>
    /// <returns>The complete HTTP/1.1 response.</returns>
    public byte[] Refused();

    /// <summary>A connection to the admin host is refused: there are as many as there may be.</summary>
    /// <returns>The complete HTTP/1.1 response.</returns>
    public byte[] AdminRefused();

    /// <summary>A connection is closed for its PROXY header.</summary>
    public void HeaderRefused(ProxyHeaderFault fault);
}
