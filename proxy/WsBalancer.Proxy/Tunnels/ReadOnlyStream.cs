namespace WsBalancer.Proxy.Tunnels;

/// <summary>An asynchronous, unseekable stream that can be read and not written.</summary>
internal abstract class ReadOnlyStream : DuplexStream
{
    public sealed override bool CanWrite => false;

    public sealed override ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("The stream is read-only.");
}
