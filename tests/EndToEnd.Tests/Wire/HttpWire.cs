namespace WsBalancer.EndToEnd.Tests.Wire;

/// <summary>The transport of a client's WebSocket.</summary>
public enum HttpWire
{
    /// <summary>A TCP connection of its own (RFC 6455).</summary>
    Http1,

    /// <summary>A stream of an HTTP/2 connection over TLS (RFC 8441).</summary>
    Http2,
}
