namespace WsBalancer.Proxy.Tunnels;

/// <summary>A stream over a connection that can be closed in one direction.</summary>
internal interface IHalfCloseStream
{
    /// <summary>
    /// Ends the output: over TCP with FIN, over TLS with close_notify and FIN. Reads are still possible. Called while
    /// no write is pending.
    /// </summary>
    /// <exception cref="IOException">The connection is lost.</exception>
    public ValueTask ShutdownOutputAsync();
}
