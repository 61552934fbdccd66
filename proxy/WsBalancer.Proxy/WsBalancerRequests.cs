using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Net.Http.Headers;
using WsBalancer.Proxy.Http;
using WsBalancer.Sockets.Transport;

#pragma warning disable IDE0130 // The namespace in which the server's own extensions are found.
namespace Microsoft.AspNetCore.Hosting;
#pragma warning restore IDE0130

/// <summary>Configures Kestrel to read requests as a proxy, which forwards them unchanged.</summary>
public static class WsBalancerRequests
{
    /// <summary>
    /// Reads and writes header values as bytes, one character for each, so that nodes and clients receive the bytes
    /// that the other sent, and gives the authority of an absolute request target precedence over the Host header.
    /// </summary>
    /// <remarks>
    /// For an application that only balances: a header value that is not ASCII is read as Latin-1, one character for
    /// each byte, and not as UTF-8. Sets <see cref="KestrelServerOptions.RequestHeaderEncodingSelector"/>,
    /// <see cref="KestrelServerOptions.ResponseHeaderEncodingSelector"/> and
    /// <see cref="KestrelServerOptions.AllowHostHeaderOverride"/>.
    /// </remarks>
    /// <param name="server">The server's options.</param>
    /// <returns>The same options.</returns>
    public static KestrelServerOptions UseWsBalancerRequests(this KestrelServerOptions server)
    {
        ArgumentNullException.ThrowIfNull(server);

        server.RequestHeaderEncodingSelector = EncodingOf;
        server.ResponseHeaderEncodingSelector = static _ => ByteHeaderEncoding.Instance;
        server.AllowHostHeaderOverride = true;
        return server;
    }

    /// <summary>
    /// Accepts <c>ws://</c> and <c>wss://</c> in the absolute target of a request, if the request is the first of its
    /// connection. <see cref="KestrelServerOptions.ConfigureEndpointDefaults"/> is for all endpoints.
    /// </summary>
    /// <param name="endpoint">The endpoint. With TLS or without.</param>
    /// <returns>The same endpoint.</returns>
    public static ListenOptions UseWsBalancerRequests(this ListenOptions endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);

        endpoint.Use(static next => connection => next(new SchemeConnection(connection)));
        return endpoint;
    }

    private static Encoding EncodingOf(string name) => name.Length switch
    {
        4 when Is(name, HeaderNames.Host) => StrictHeaderEncoding.Host,
        10 when Is(name, HeaderNames.Connection) => ConnectionOptionEncoding.Instance,
        14 when Is(name, HeaderNames.ContentLength) => StrictHeaderEncoding.Length,
        _ => Encoding.Latin1,
    };

    private static bool Is(string name, string header) => name.Equals(header, StringComparison.OrdinalIgnoreCase);
}
