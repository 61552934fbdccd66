using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace WsBalancer.Proxy.Checking;

/// <summary>The values of the server's options that the configuration does not set.</summary>
internal static class ServerDefaults
{
    // More than HAProxy and nginx accept with their default settings, since a query string may contain tokens.
    private const int RequestLine = 32 * 1024;

    // Cookies of several applications at one domain add up. Together with the line it bounds what a connection may
    // hold of a head: 160 KB.
    private const int Headers = 128 * 1024;

    private const int HeaderCount = 256;

    // What the server reads ahead of a TLS connection whose requests or tunnel are slow; the server's own default is
    // 1 MB, for each of them.
    private const int RequestBuffer = 256 * 1024;

    /// <summary>Options with the defaults.</summary>
    public static KestrelServerOptions Create()
    {
        var options = new KestrelServerOptions();
        Set(options);
        return options;
    }

    /// <summary>Sets the defaults.</summary>
    public static void Set(KestrelServerOptions options)
    {
        options.AddServerHeader = false;
        var limits = options.Limits;
        limits.MaxRequestLineSize = RequestLine;
        limits.MaxRequestHeadersTotalSize = Headers;
        limits.MaxRequestHeaderCount = HeaderCount;

        limits.MaxRequestBufferSize = RequestBuffer;

        // HTTP/2 has a limit of its own for a single header, and all cookies may be one.
        limits.Http2.MaxRequestHeaderFieldSize = Headers;

        // Bodies are the nodes' business. A rate would cut a client that pauses, and a tunnel; gaps are bounded
        // instead.
        limits.MaxRequestBodySize = null;
        limits.MinRequestBodyDataRate = null;
        limits.MinResponseDataRate = null;
    }
}
