using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using WsBalancer.Proxy.Identity;

#pragma warning disable IDE0130 // The namespace in which the server's own extensions are found.
namespace Microsoft.AspNetCore.Hosting;
#pragma warning restore IDE0130

/// <summary>Extends endpoints of Kestrel with the PROXY protocol.</summary>
public static class WsBalancerProxyProtocol
{
    /// <summary>
    /// Reads the PROXY header, version 1 or 2, of connections from the peers of <c>WsBalancer:ProxyProtocol:From</c> in
    /// the configuration, and sets the addresses of the connection to those in the header. Must be called before
    /// <c>UseHttps</c>, since the header is sent before TLS; <c>ConfigureEndpointDefaults</c> is for all endpoints.
    /// Needs <c>AddWsBalancer</c>.
    /// </summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <returns>The same endpoint.</returns>
    public static ListenOptions UseWsBalancerProxyProtocol(this ListenOptions endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);

        endpoint.Use(next =>
        {
            var middleware = endpoint.ApplicationServices.GetService<ProxyProtocolMiddleware>()
                ?? throw new InvalidOperationException(
                    "UseWsBalancerProxyProtocol needs AddWsBalancer, after AddReverseProxy.");
            return connection => middleware.RunAsync(connection, next);
        });
        return endpoint;
    }
}
