using System.Net;

namespace WsBalancer.Proxy.Sockets.ProxyProtocol;

/// <summary>The two addresses of a client's connection.</summary>
/// <param name="Source">The address of the client; null if the connection has none.</param>
/// <param name="Destination">The address that the client connected to; null if the connection has none.</param>
internal sealed record ClientEndPoints(EndPoint? Source, EndPoint? Destination)
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
