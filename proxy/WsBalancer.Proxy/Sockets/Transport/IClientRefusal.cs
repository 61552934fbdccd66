using WsBalancer.Proxy.Sockets.ProxyProtocol;

namespace WsBalancer.Proxy.Sockets.Transport;

/// <summary>Counts the clients that are refused before they could say what they want.</summary>
internal interface IClientRefusal
{
    /// <summary>A client is refused for want of descriptors.</summary>
    /// <returns>When it should come back.</returns>
    public TimeSpan Refused();

    /// <summary>A connection is closed for its PROXY header.</summary>
    public void HeaderRefused(ProxyHeaderFault fault);
}
