using WsBalancer.Proxy.Sockets.ProxyProtocol;

namespace WsBalancer.Proxy.Sockets.Transport;

/// <summary>Counts the clients that are refused before their requests are read, and creates the responses.</summary>
internal interface IClientRefusal
{
    /// <summary>Counts a client that is refused because too few descriptors are left.</summary>
    /// <returns>The complete HTTP/1.1 response.</returns>
    public byte[] Refused();

    /// <summary>Counts a connection to the admin host that is refused because the maximum number is open.</summary>
    /// <returns>The complete HTTP/1.1 response.</returns>
    public byte[] AdminRefused();

    /// <summary>Counts a connection that is closed because of its PROXY header.</summary>
    public void HeaderRefused(ProxyHeaderFault fault);
}
