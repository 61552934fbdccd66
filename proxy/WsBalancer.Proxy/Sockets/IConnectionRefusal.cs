using WsBalancer.Sockets.ProxyProtocol;
using WsBalancer.Sockets.Transport;

namespace WsBalancer.Proxy.Sockets;

/// <summary>Counts the connections that are refused for the reasons of the transport and of the balancer.</summary>
internal interface IConnectionRefusal : IClientRefusal
{
    /// <summary>Counts a connection to the admin host that is refused because the maximum number is open.</summary>
    /// <returns>The complete HTTP/1.1 response.</returns>
    public byte[] AdminRefused();

    /// <summary>Counts a connection that is closed because of its PROXY header.</summary>
    public void HeaderRefused(ProxyHeaderFault fault);
}
