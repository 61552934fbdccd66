using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace WsBalancer.Proxy.Checking;

/// <summary>The values of the server's options that the configuration does not set.</summary>
internal static class ServerDefaults
{
    // More than HAProxy and nginx accept with their default settings, since a query string may contain tokens.
    private const int RequestLine = 32 * 1024;

    // Cookies of several applications at one domain add up. Request line and headers together limit the head that a
    // connection may buffer to 160 KB.
    private const int Headers = 128 * 1024;

    private const int HeaderCount = 256;

    // The bytes that the server reads ahead on each TLS connection whose requests or tunnel are slow; the server's own
    // default is 1 MB.
    private const int RequestBuffer = 256 * 1024;

    /// <summary>New options with these defaults.</summary>
    public static KestrelServerOptions Create()
    {
        var options = new KestrelServerOptions();
        Set(options);
        return options;
    }

    public static void Set(KestrelServerOptions options)
    {
        options.AddServerHeader = false;
        var limits = options.Limits;
        limits.MaxRequestLineSize = RequestLine;
        limits.MaxRequestHeadersTotalSize = Headers;
        limits.MaxRequestHeaderCount = HeaderCount;

        limits.MaxRequestBufferSize = RequestBuffer;

        // HTTP/2 also limits the size of a single header, and one header may contain all cookies.
        limits.Http2.MaxRequestHeaderFieldSize = Headers;

        // Nodes limit the size of bodies. A minimum rate would end tunnels, and requests of clients that pause;
        // Requests:BodyTimeout limits the pauses instead.
        limits.MaxRequestBodySize = null;
        limits.MinRequestBodyDataRate = null;
        limits.MinResponseDataRate = null;
    }
}
