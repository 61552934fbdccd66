using System.Net.Sockets;
using WsBalancer.Sockets;
using WsBalancer.Sockets.Linux;

namespace WsBalancer.Proxy.Tunnels;

/// <summary>
/// One leg of a tunnel as a stream. Reads are unchanged; writes are followed frame by frame, so that the balancer can
/// write a Close frame between two frames of the other peer. Later bytes of the other peer are dropped.
/// </summary>
/// <remarks>
/// There is one writer, the copy loop, and one closer. The copy loop writes a Close frame that is requested in the
/// middle of a frame, after the frame's last byte; at a boundary, without a pending write, the closer does.
/// </remarks>
/// <param name="inner">The stream of the peer.</param>
/// <param name="observer">Receives the events of the leg.</param>
/// <param name="time">The clock that measures pending writes.</param>
/// <param name="abort">Cancelled when the tunnel is aborted: ends the writing of a Close frame.</param>
/// <param name="holdsEnd">Whether a read returns the end of the peer only after the tunnel is aborted: YARP would
/// end both directions after the end of the node.</param>
/// <param name="bound">How many bytes of the other peer are buffered at most while a write is pending.</param>
/// <param name="socket">The peer's socket, if no other stream uses it; otherwise null.</param>
internal sealed class TunnelLeg(
    Stream inner,
    ILegObserver observer,
    TimeProvider time,
    CancellationToken abort,
    bool holdsEnd = false,
    int bound = 0,
    Socket? socket = null)
    : DuplexStream, ITunnelLeg
{
    private readonly Lock _lock = new();
    private LegFrames _frames;
    private bool _writing;
    private bool _isDiscarding;
    private CancellationTokenSource? _writes;
    private CancellationTokenRegistration _onLoopCancelled;
    private PendingWrite _pending;

    public bool CloseWritten
    {
        get
        {
            lock (_lock)
            {
                return _frames.CloseWritten;
            }
        }
    }

    // CloseCode and Lost are read without the lock: only after the end of the tunnel, when nothing is written any more.
    public int? CloseCode => _frames.CloseCode;

    public bool BoundariesUnknown => _frames.BoundariesUnknown;

    public long Buffered => _pending.IsAny ? bound : 0;

    public bool PausesOther => _pending.IsAny;

    public TimeSpan SendStalledFor => _pending.LastsFor(time);

    public bool HasPeerEnded => socket is not null && TcpState.HasPeerFinished(socket);

    public Task SendCloseAsync(byte[] closeFrame)
    {
        lock (_lock)
        {
            if (!_frames.Close(closeFrame, _writing))
            {
                return Task.CompletedTask;
            }
        }

        return WriteCloseAsync(closeFrame, abort).AsTask();
    }

    public bool ShutdownOutput()
    {
        if (inner is not IHalfCloseStream stream)
        {
            return false;
        }

        lock (_lock)
        {
            _frames.DiscardRest();
        }

        _ = ShutdownAsync(stream);
        return true;
    }

    public void Discard()
    {
        CancellationTokenSource? writes;
        lock (_lock)
        {
            _frames.DiscardRest();
            _isDiscarding = true;
            writes = _writing ? _writes : null;
        }

        writes?.Cancel();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read;
        try
        {
            read = await inner.ReadAsync(buffer, cancellationToken);
        }
        catch (Exception ex) when (IsOfDiscarded(ex, cancellationToken))
        {
            read = 0;
        }
        catch (Exception ex) when (PeerLoss.Is(ex, cancellationToken))
        {
            observer.OnPeerLost();
            throw;
        }

        if (read > 0)
        {
            observer.Received();
        }
        else if (!buffer.IsEmpty)
        {
            observer.OnPeerEof();
            if (holdsEnd)
            {
                await WhenAbortedAsync(cancellationToken);
            }
        }

        return read;
    }

    public override async ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var turn = Begin(buffer.Span, cancellationToken);
        if (turn.HasClose)
        {
            // Before the frame is written: after it, an event of its receiver may set another reason first.
            observer.OnCloseForwarding();
        }

        try
        {
            if (turn.Passed > 0)
            {
                await WriteOnAsync(buffer[..turn.Passed], turn.Token);
                observer.OnForwarded(turn.Passed, turn.Frames);
            }

            if (End() is { } close)
            {
                await WriteCloseAsync(close, turn.Token);
            }

            if (turn.IsClosed)
            {
                // The event may abort the tunnel, and bytes that are not flushed would be lost.
                await FlushAsync(turn.Token);
                observer.OnPeerClosed();
            }
        }
        catch (Exception ex) when (IsOfDiscarded(ex, cancellationToken))
        {
            return;
        }
    }

    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        try
        {
            await inner.FlushAsync(cancellationToken);
        }
        catch (Exception ex) when (PeerLoss.Is(ex, cancellationToken))
        {
            NotifyLoss();
            throw;
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _onLoopCancelled.Dispose();
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private async ValueTask WriteOnAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellation)
    {
        try
        {
            await _pending.Begin(inner.WriteAsync(buffer, cancellation), time);
        }
        catch (Exception ex) when (PeerLoss.Is(ex, cancellation))
        {
            NotifyLoss();
            throw;
        }
        finally
        {
            _pending.End();
        }
    }

    private void NotifyLoss()
    {
        if (!IsDiscarding())
        {
            observer.OnPeerLost();
        }
    }

    private Turn Begin(ReadOnlySpan<byte> buffer, CancellationToken loop)
    {
        lock (_lock)
        {
            var writes = Follow(loop);
            _writing = true;
            var passed = _frames.Pass(buffer, out var frames, out var closeSeen);
            return new Turn(passed, frames, closeSeen, _frames.PeerClosed, writes);
        }
    }

    // A write ends early when the copy loop is cancelled or the leg is discarded. One source serves all writes, which
    // have the same token of the loop. The source is never disposed: it has no timer and may be cancelled late.
    private CancellationToken Follow(CancellationToken loop)
    {
        if (_writes is not { } writes || _onLoopCancelled.Token != loop)
        {
            _writes = writes = new CancellationTokenSource();
            _onLoopCancelled.Dispose();
            _onLoopCancelled = loop.UnsafeRegister(
                static writes => CallbackState.Of<CancellationTokenSource>(writes).Cancel(), writes);
        }

        return writes.Token;
    }

    private bool IsOfDiscarded(Exception exception, CancellationToken loop) =>
        PeerLoss.Is(exception, loop) && !loop.IsCancellationRequested && IsDiscarding();

    private bool IsDiscarding()
    {
        lock (_lock)
        {
            return _isDiscarding;
        }
    }

    // Ends the turn. The caller writes the Close frame that waited for this boundary, if there is one.
    private byte[]? End()
    {
        lock (_lock)
        {
            _writing = false;
            return _frames.TakeClose();
        }
    }

    private async ValueTask WriteCloseAsync(byte[] closeFrame, CancellationToken cancellation)
    {
        await inner.WriteAsync(closeFrame, cancellation);
        await inner.FlushAsync(cancellation);
    }

    private async Task ShutdownAsync(IHalfCloseStream stream)
    {
        try
        {
            await stream.ShutdownOutputAsync();
        }
        catch (Exception ex) when (ex is IOException or SocketException or ObjectDisposedException)
        {
            observer.OnPeerLost();
        }
    }

    private async Task WhenAbortedAsync(CancellationToken loop)
    {
        var aborted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var onAborted = abort.UnsafeRegister(
            static aborted => CallbackState.Of<TaskCompletionSource>(aborted).SetResult(), aborted);
        await aborted.Task.WaitAsync(loop);
    }

    // How many bytes of a buffer must be written, what is in them, and the token that ends their writes early.
    private readonly record struct Turn(int Passed, long Frames, bool HasClose, bool IsClosed, CancellationToken Token);
}
