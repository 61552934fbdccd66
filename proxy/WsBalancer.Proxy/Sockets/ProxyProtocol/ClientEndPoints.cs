using System.Net;

namespace WsBalancer.Proxy.Sockets.ProxyProtocol;

/// <summary>Between which addresses a client's connection is.</summary>
/// <param name="Source">The client's; null if it is not known.</param>
/// <param name="Destination">The address that the client connected to; null if it is not known.</param>
internal sealed record ClientEndPoints(EndPoint? Source, EndPoint? Destination)
{
    /// <summary>
    /// Where a request to a node carries those of its client. Only a connection that was opened for the same ones may
    /// carry the request. A request without is the balancer's own.
    /// </summary>
    public static readonly HttpRequestOptionsKey<ClientEndPoints> Key = new("WsBalancer.ClientEndPoints");

    /// <summary>Those of the client that a request to a node is for; null if it is for none.</summary>
    public static ClientEndPoints? Of(HttpRequestMessage request) =>
        request.Options.TryGetValue(Key, out var client) ? client : null;
}
