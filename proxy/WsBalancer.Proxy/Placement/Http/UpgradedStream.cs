using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Placement.Http;

/// <summary>A connection to a node after its 101. The bytes received with the head are read first.</summary>
internal sealed class UpgradedStream(NodeConnection connection) : DuplexStream, IHalfCloseStream
{
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (connection.Unread.IsEmpty)
        {
            return connection.ReceiveAsync(buffer, cancellationToken);
        }

        var count = Math.Min(buffer.Length, connection.Unread.Length);
        connection.Unread[..count].CopyTo(buffer.Span);
        connection.Use(count);
        return new ValueTask<int>(count);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        connection.SendAsync(buffer, cancellationToken);

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public ValueTask ShutdownOutputAsync() => connection.ShutdownOutputAsync();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            connection.Dispose();
        }

        base.Dispose(disposing);
    }
}
