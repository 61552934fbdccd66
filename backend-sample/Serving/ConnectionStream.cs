using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Connections;
using WsBalancer.BackendSample.Sessions;

namespace WsBalancer.BackendSample.Serving;

/// <summary>The two pipes of a connection as one stream, for a WebSocket over it.</summary>
/// <remarks>
/// A read into an empty buffer waits until there are bytes to read, and consumes none. Disposing ends pending reads and
/// writes; the owner of the connection must close it.
/// </remarks>
internal sealed class ConnectionStream(ConnectionContext connection, int batchBytes) : Stream, ISessionConnection
{
    private IDuplexPipe Transport => connection.Transport;

    public bool IsBatch { get; set; }

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await Transport.Input.ReadAsync(cancellationToken);
        ThrowIfDisposed(read.IsCanceled);
        var length = (int)Math.Min(read.Buffer.Length, buffer.Length);
        var part = read.Buffer.Slice(0, length);
        part.CopyTo(buffer.Span);
        // AdvanceTo invalidates the part, so its length was computed before.
        Transport.Input.AdvanceTo(part.End);
        return length;
    }

    public override async ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (IsBatch && Transport.Output.UnflushedBytes + buffer.Length < batchBytes)
        {
            Transport.Output.Write(buffer.Span);
            return;
        }

        var flush = await Transport.Output.WriteAsync(buffer, cancellationToken);
        ThrowIfDisposed(flush.IsCanceled);
        if (flush.IsCompleted)
        {
            throw new IOException("The connection is closed.");
        }
    }

    public void Abort() => connection.Abort();

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    // Every write is flushed at once, or belongs to a batch.
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush() => throw new NotSupportedException();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Transport.Input.CancelPendingRead();
            Transport.Output.CancelPendingFlush();
        }

        base.Dispose(disposing);
    }

    private void ThrowIfDisposed(bool isCanceled) => ObjectDisposedException.ThrowIf(isCanceled, this);
}
