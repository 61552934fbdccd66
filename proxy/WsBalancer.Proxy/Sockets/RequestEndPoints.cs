using WsBalancer.Sockets.ProxyProtocol;

namespace WsBalancer.Proxy.Sockets;

/// <summary>The addresses of the client of a request to a node.</summary>
internal static class RequestEndPoints
{
    /// <summary>
    /// The option of a request to a node with the addresses of its client. Such a request may use only a connection
    /// that was opened for the same addresses. A request without the option is the balancer's own.
    /// </summary>
    public static readonly HttpRequestOptionsKey<ClientEndPoints> Key = new("WsBalancer.ClientEndPoints");

    /// <summary>The addresses of the client of a request to a node; null for a request of the balancer's own.</summary>
    public static ClientEndPoints? Of(HttpRequestMessage request) =>
        request.Options.TryGetValue(Key, out var client) ? client : null;
}
