using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Placement;

/// <summary>
/// A request body that remembers whether anything was read of it: if so, the request cannot be sent again.
/// </summary>
internal sealed class BodyReadMark(Stream body) : DuplexStream
{
    public bool WasRead { get; private set; }

    public override bool CanWrite => false;

    // Set before the read, not after it: a read that is under way when the node goes may have taken bytes already.
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        WasRead |= !buffer.IsEmpty;
        return body.ReadAsync(buffer, cancellationToken);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("A request body is only read.");
}
