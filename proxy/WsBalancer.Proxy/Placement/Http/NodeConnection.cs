using System.Buffers;
using System.Net.Security;
using System.Net.Sockets;

namespace WsBalancer.Proxy.Placement.Http;

/// <summary>
/// A connection to a node, in clear or over TLS, and the bytes that were received and not yet used. Holds no buffer
/// while a receive is pending. Not thread-safe: one reader and one writer at a time.
/// </summary>
internal sealed class NodeConnection(Socket socket, Stream stream) : IDisposable
{
    // The size of a TLS record.
    private const int ReceiveSize = 16 * 1024;

    private byte[]? _buffer;
    private int _start;
    private int _end;

    public Socket Socket { get; } = socket;

    /// <summary>The bytes that were received and not yet used.</summary>
    public ReadOnlySpan<byte> Unread => _buffer.AsSpan(_start, _end - _start);

    /// <summary>Whether an idle connection is open, and nothing was received on it.</summary>
    public bool IsQuiet => Unread.IsEmpty && Socket.Connected && !Socket.Poll(TimeSpan.Zero, SelectMode.SelectRead);

    /// <summary>Marks the first bytes of <see cref="Unread"/> as used.</summary>
    public void Use(int count)
    {
        _start += count;
        if (_start == _end)
        {
            Free();
        }
    }

    /// <summary>Waits until there is something to receive, or the node has closed its side.</summary>
    public async ValueTask WaitAsync(CancellationToken cancellation)
    {
        if (Unread.IsEmpty)
        {
            _ = await stream.ReadAsync(Memory<byte>.Empty, cancellation);
        }
    }

    /// <summary>Receives more, once <see cref="Unread"/> is empty.</summary>
    /// <returns>False if the node has closed its side.</returns>
    /// <exception cref="IOException">The connection is lost.</exception>
    public async ValueTask<bool> ReceiveAsync(CancellationToken cancellation)
    {
        _ = await stream.ReadAsync(Memory<byte>.Empty, cancellation);
        _buffer = ArrayPool<byte>.Shared.Rent(ReceiveSize);
        try
        {
            _end = await stream.ReadAsync(_buffer, cancellation);
        }
        finally
        {
            if (_end == 0)
            {
                Free();
            }
        }

        return _end > 0;
    }

    /// <summary>Receives into a buffer of the caller; <see cref="Unread"/> must be empty.</summary>
    public ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellation) =>
        stream.ReadAsync(buffer, cancellation);

    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation) =>
        stream.WriteAsync(bytes, cancellation);

    /// <summary>Ends the output: over TLS with close_notify, then with FIN. More can be received.</summary>
    /// <exception cref="IOException">The connection is lost.</exception>
    public async ValueTask ShutdownOutputAsync()
    {
        if (stream is SslStream tls)
        {
            await tls.ShutdownAsync();
        }

        try
        {
            Socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException ex)
        {
            throw new IOException(ex.Message, ex);
        }
    }

    public void Dispose()
    {
        stream.Dispose();
        Socket.Dispose();
        Free();
    }

    private void Free()
    {
        (_start, _end) = (0, 0);
        if (Interlocked.Exchange(ref _buffer, null) is { } buffer)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
