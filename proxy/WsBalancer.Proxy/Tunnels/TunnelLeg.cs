using WsBalancer.Proxy.Framing;

namespace WsBalancer.Proxy.Tunnels;

/// <summary>
/// One leg of a tunnel as a stream: reads pass, writes are followed frame by frame, so that a Close frame of ours
/// can go out between two frames of the peer's, and what the peer says after it is dropped.
/// </summary>
/// <remarks>
/// There is one writer, the copy loop, and one closer. Whoever holds the turn writes: the loop while a write of its
/// is under way, the closer when the loop is idle at a boundary. A Close asked for in the middle of a frame is written
/// by the loop, right after the frame's last byte. Control frames may stand between the fragments of a message
/// (RFC 6455 §5.4), so only frame boundaries matter, never message boundaries.
/// </remarks>
internal sealed class TunnelLeg(Stream inner, ILegObserver observer) : DuplexStream
{
    private readonly Lock _turn = new();
    private FrameTracker _frames;
    private byte[]? _close;
    private Stage _stage;
    private bool _writing;
    private bool _abandoned;
    private CancellationTokenSource? _writes;
    private CancellationTokenRegistration _onLoopCancelled;

    private enum Stage
    {
        /// <summary>Frames pass.</summary>
        Open,

        /// <summary>A Close frame waits for the next boundary.</summary>
        Waiting,

        /// <summary>Our Close frame is written or being written; nothing follows it.</summary>
        Closed,
    }

    /// <summary>Whether a Close frame, the peer's or ours, has gone out on this leg.</summary>
    public bool CloseWritten
    {
        get
        {
            lock (_turn)
            {
                return _stage == Stage.Closed || _frames.CloseSeen;
            }
        }
    }

    /// <summary>Whether the frames written so far cannot be told apart any more.</summary>
    public bool Lost
    {
        get
        {
            lock (_turn)
            {
                return _frames.Lost;
            }
        }
    }

    /// <summary>
    /// Writes a Close frame at the next frame boundary: now if the leg is between frames, else after the frame that
    /// is on its way. Does nothing if a Close frame has been written, or one is waiting.
    /// </summary>
    /// <returns>A task that ends when the frame is written, if that was possible at once; else a completed
    /// one.</returns>
    public Task CloseAsync(byte[] closeFrame, CancellationToken cancellation)
    {
        lock (_turn)
        {
            if (_stage != Stage.Open || _frames.CloseSeen)
            {
                return Task.CompletedTask;
            }

            _close = closeFrame;
            if (_writing || !_frames.AtBoundary)
            {
                _stage = Stage.Waiting;
                return Task.CompletedTask;
            }

            _stage = Stage.Closed;
        }

        return WriteCloseAsync(cancellation).AsTask();
    }

    /// <summary>
    /// Gives this leg's peer up: what is written to it from here on is dropped, a write that it holds up too, and when
    /// it goes, it goes without an error. So the copy loop goes on reading the other leg.
    /// </summary>
    public void Abandon()
    {
        CancellationTokenSource? writes;
        lock (_turn)
        {
            _stage = Stage.Closed;
            _abandoned = true;
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
        catch (Exception ex) when (IsOfAbandoned(ex, cancellationToken))
        {
            read = 0;
        }
        catch (IOException)
        {
            observer.Ended();
            throw;
        }

        if (read > 0)
        {
            observer.Received();
        }
        else if (!buffer.IsEmpty)
        {
            observer.Ended();
        }

        return read;
    }

    public override async ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var passed = Begin(buffer.Span, cancellationToken, out var frames, out var closeSeen);
        if (closeSeen)
        {
            // Before it is written: once its receiver has it, somebody else's reason may be told before this one.
            observer.ClosePasses();
        }

        try
        {
            if (passed > 0)
            {
                await WriteOnAsync(buffer[..passed], _writes!.Token);
                observer.Passed(passed, frames);
            }

            if (End())
            {
                await WriteCloseAsync(_writes!.Token);
            }
        }
        catch (Exception ex) when (IsOfAbandoned(ex, cancellationToken))
        {
            // Dropped, as what comes after it.
            return;
        }
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

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
            await inner.WriteAsync(buffer, cancellation);
        }
        catch (IOException)
        {
            observer.Ended();
            throw;
        }
    }

    // Takes the turn and says how much of the buffer may pass: all of it, or the rest of the frame that a Close waits
    // for, or nothing after a Close.
    private int Begin(ReadOnlySpan<byte> buffer, CancellationToken loop, out long frames, out bool closeSeen)
    {
        lock (_turn)
        {
            Follow(loop);
            var framesBefore = _frames.Frames;
            var closeBefore = _frames.CloseSeen;
            var passed = 0;
            switch (_stage)
            {
                case Stage.Open:
                    _frames.Advance(buffer);
                    passed = buffer.Length;
                    break;
                case Stage.Waiting:
                    passed = _frames.AdvanceToBoundary(buffer);
                    break;
                case Stage.Closed:
                    break;
            }

            _writing = true;
            frames = _frames.Frames - framesBefore;
            closeSeen = _frames.CloseSeen && !closeBefore;
            return passed;
        }
    }

    // A write ends early when the loop is cancelled, or the peer given up. One source for all writes: the loop's token
    // is the same in all of them. Never disposed, as it has no timer and may be cancelled late.
    private void Follow(CancellationToken loop)
    {
        if (_writes is null || _onLoopCancelled.Token != loop)
        {
            _writes = new CancellationTokenSource();
            _onLoopCancelled.Dispose();
            _onLoopCancelled = loop.UnsafeRegister(
                static writes => ((CancellationTokenSource)writes!).Cancel(), _writes);
        }
    }

    private bool IsOfAbandoned(Exception exception, CancellationToken loop)
    {
        lock (_turn)
        {
            return _abandoned
                && exception is IOException or OperationCanceledException
                && !loop.IsCancellationRequested;
        }
    }

    // Gives the turn back, or keeps it to write the Close frame that waits for this boundary.
    private bool End()
    {
        lock (_turn)
        {
            _writing = false;
            if (_stage != Stage.Waiting || !_frames.AtBoundary)
            {
                return false;
            }

            _stage = Stage.Closed;
            return !_frames.CloseSeen;
        }
    }

    private async ValueTask WriteCloseAsync(CancellationToken cancellation)
    {
        await inner.WriteAsync(_close, cancellation);
        await inner.FlushAsync(cancellation);
    }
}

/// <summary>What a <see cref="TunnelLeg"/> tells its tunnel.</summary>
internal interface ILegObserver
{
    /// <summary>So much was written to this leg: its bytes, and the frames that ended in them.</summary>
    public void Passed(long bytes, long frames);

    /// <summary>A Close frame of the other peer is about to be written to this leg.</summary>
    public void ClosePasses();

    /// <summary>This leg's peer sent something.</summary>
    public void Received();

    /// <summary>This leg's peer is gone: it will send nothing more, and everything it had sent was read.</summary>
    public void Ended();
}
