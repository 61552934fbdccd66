namespace WsBalancer.Proxy.Placement.Http;

/// <summary>The endpoint of a connection to a node: connections to the same one are interchangeable.</summary>
/// <param name="Host">A name or an address.</param>
/// <param name="Port">1…65535.</param>
/// <param name="TlsName">The name that the node's certificate must have; null in clear.</param>
internal readonly record struct NodeEndpoint(string Host, int Port, string? TlsName)
{
    /// <summary>Where a request is sent. The certificate is that of the request's Host, as with the platform's client.
    /// </summary>
    public static NodeEndpoint Of(HttpRequestMessage request)
    {
        var uri = TargetUri.Of(request);
        var isTls = uri.Scheme == Uri.UriSchemeHttps;
        return new NodeEndpoint(uri.IdnHost, uri.Port, isTls ? TlsNameOf(request.Headers.Host) ?? uri.IdnHost : null);
    }

    // Removes port and brackets only: the validity of the name is checked with the certificate.
    private static string? TlsNameOf(string? host)
    {
        if (string.IsNullOrEmpty(host))
        {
            return null;
        }

        if (host.StartsWith('['))
        {
            return host.IndexOf(']', StringComparison.Ordinal) is var end and > 0 ? host[1..end] : null;
        }

        var colon = host.IndexOf(':', StringComparison.Ordinal);
        var name = (colon < 0 ? host : host[..colon]).TrimEnd('.');
        return name.Length == 0 ? null : name;
    }
}
