using System.Buffers;
using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;
using WsBalancer.Proxy.Placement.Http;
using WsBalancer.Proxy.Tunnels;
using WsBalancer.Sockets;
using WsBalancer.Sockets.Linux;
using WsBalancer.Sockets.Loops;

namespace WsBalancer.Proxy.Placement.Native;

/// <summary>
/// The bytes that a node sends after the head of its response: a body, of which no more is received than is read, or
/// the bytes of a tunnel, for the owner of the detached socket.
/// </summary>
internal sealed class NodeResponseBody : ReadOnlyStream, ISocketHandler, IValueTaskSource
{
    private readonly LoopSocket _socket;
    private readonly HttpResponseMessage _response;
    private ResponseBody _body;
    private ManualResetValueTaskSourceCore<bool> _more;
    private CancellationToken _cancellation;
    private byte[]? _bytes;
    private int _start;
    private int _end;
    private Exception? _failure;
    private bool _isWaiting;
    private bool _isTaken;
    private bool _hasEnded;
    private bool _isOver;

    /// <param name="socket">The socket of the node, which this object owns from now on. Paused at first.</param>
    /// <param name="response">The response, to which the trailers are added.</param>
    /// <param name="body">The parser of the body, which finds its end.</param>
    /// <param name="received">The bytes that were received after the head.</param>
    public NodeResponseBody(
        LoopSocket socket, HttpResponseMessage response, ResponseBody body, ReadOnlySpan<byte> received)
    {
        _response = response;
        _socket = socket;
        _body = body;
        socket.Pause();
        socket.Handler = this;
        Keep(received);
    }

    /// <summary>Whether the connection has failed, as far as that is known without a receive.</summary>
    public bool HasFailed => _failure is not null;

    /// <summary>The exception of a failed connection.</summary>
    public static IOException FailureOf(int error)
    {
        var reason = Errno.ToException(error);
        return new IOException($"The connection to the node has ended: {reason.Message}", reason);
    }

    /// <summary>
    /// Detaches the socket, with the received bytes of the tunnel. Called on the loop's thread, once.
    /// </summary>
    public DetachedSocket Detach()
    {
        _isTaken = true;
        var unread = _bytes.AsSpan(_start, _end - _start).ToArray();
        Free();
        return new DetachedSocket(_socket, unread, Ended: HasFailed);
    }

    public override async ValueTask<int> ReadAsync(
        Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // While the socket is paused, only the reader uses the received bytes, on any thread.
        if (TryRead(buffer.Span, out var length))
        {
            return length;
        }

        if (_socket.Loop.IsCurrent)
        {
            return await ReceiveAndReadAsync(buffer, cancellationToken);
        }

        await _socket.Loop.Enter();
        try
        {
            return await ReceiveAndReadAsync(buffer, cancellationToken);
        }
        finally
        {
            // A reader of another thread may block, which the loop's thread must not.
            await Task.Yield();
        }
    }

    void ISocketHandler.OnReceived(ReadOnlySpan<byte> bytes)
    {
        _socket.Pause();
        Keep(bytes);
        CompleteRead();
    }

    void ISocketHandler.OnWritable()
    {
    }

    void ISocketHandler.OnEof()
    {
        _hasEnded = true;
        CompleteRead();
    }

    void ISocketHandler.OnError(int error)
    {
        _failure = FailureOf(error);
        CompleteRead();
    }

    void IValueTaskSource.GetResult(short token) => _more.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _more.GetStatus(token);

    void IValueTaskSource.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _more.OnCompleted(continuation, state, token, flags);

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_isTaken)
        {
            _socket.Loop.RunOrPost(
                static body =>
                {
                    var self = (NodeResponseBody)body;
                    self.Close(new ObjectDisposedException(nameof(NodeResponseBody)));
                    self.Free();
                },
                this);
        }

        base.Dispose(disposing);
    }

    /// <summary>Reads from the received bytes.</summary>
    /// <returns>Whether the body is complete, or had bytes for the buffer; otherwise all of them are used.</returns>
    private bool TryRead(Span<byte> buffer, out int length)
    {
        while (!_body.IsDone && _start < _end)
        {
            (var used, length) = _body.Read(_bytes.AsSpan(_start, _end - _start), buffer);
            _start += used;
            if (length > 0 || buffer.IsEmpty)
            {
                return true;
            }
        }

        length = 0;
        if (_body.IsDone && !_isOver)
        {
            _isOver = true;
            _body.AddTrailersTo(_response);
        }

        return _body.IsDone;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ReceiveAndReadAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        int length;
        do
        {
            await ReceiveAsync(cancellation);
        }
        while (!TryRead(buffer.Span, out length));

        return length;
    }

    private async ValueTask ReceiveAsync(CancellationToken cancellation)
    {
        if (_failure is null && !_hasEnded)
        {
            _more.Reset();
            _isWaiting = true;
            _cancellation = cancellation;
            _socket.Receive();
            using var onCancelled = cancellation.UnsafeRegister(
                static body => CallbackState.Of<NodeResponseBody>(body).PostCancel(), this);
            await new ValueTask(this, _more.Version);
        }

        if (_start == _end && _failure is not null)
        {
            throw _failure;
        }

        if (_hasEnded && !_body.TryEndWithConnection())
        {
            throw new HttpIOException(
                HttpRequestError.ResponseEnded, "The node ended the connection within its answer.");
        }
    }

    private void PostCancel() => _socket.Loop.Post(Cancel, this);

    private static void Cancel(object body)
    {
        var self = (NodeResponseBody)body;
        if (self is { _isWaiting: true, _cancellation.IsCancellationRequested: true })
        {
            self.Close(new OperationCanceledException(self._cancellation));
        }
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        if (!bytes.IsEmpty)
        {
            Free();
            _bytes = ArrayPool<byte>.Shared.Rent(bytes.Length);
            bytes.CopyTo(_bytes);
            _end = bytes.Length;
        }
    }

    private void Close(Exception failure)
    {
        _failure ??= failure;
        _socket.Close();
        CompleteRead();
    }

    private void CompleteRead()
    {
        if (_isWaiting)
        {
            _isWaiting = false;
            _more.SetResult(true);
        }
    }

    private void Free()
    {
        if (_bytes is { } bytes)
        {
            _bytes = null;
            (_start, _end) = (0, 0);
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }
}
