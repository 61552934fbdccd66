using WsBalancer.Proxy.Framing;

namespace WsBalancer.Proxy.Tunnels;

/// <summary>
/// The one rule of what goes out on a leg: the other peer's frames; then, if it is asked for, a Close frame of ours at
/// the next frame boundary, and nothing after it.
/// </summary>
/// <remarks>
/// Control frames may stand between the fragments of a message (RFC 6455 §5.4), so only frame boundaries matter, never
/// message boundaries. A mutable value: keep it in a field and never copy it. Not thread-safe.
/// </remarks>
internal struct LegFrames
{
    private FrameTracker _passed;
    private byte[]? _close;
    private Stage _stage;

    private enum Stage : byte
    {
        /// <summary>Frames pass.</summary>
        Open,

        /// <summary>A Close frame waits for the next boundary.</summary>
        Waiting,

        /// <summary>Our Close frame is written or being written, or the leg is given up; nothing follows.</summary>
        Shut,
    }

    /// <summary>Whether a Close frame, the peer's or ours, has gone out, or nothing ever will any more.</summary>
    public readonly bool CloseWritten => _stage == Stage.Shut || _passed.CloseSeen;

    /// <summary>Whether a complete Close frame of the other peer was received. The frame is dropped if a Close frame of
    /// the balancer replaces it.</summary>
    public readonly bool PeerClosed => _passed.CloseEnded;

    /// <inheritdoc cref="FrameTracker.CloseCode"/>
    public readonly int? CloseCode => _passed.CloseCode;

    /// <summary>Whether what passed so far cannot be told apart into frames any more.</summary>
    public readonly bool Lost => _passed.Lost;

    /// <summary>The frames of a leg that goes on where another was.</summary>
    public static LegFrames Restore(FrameState passed) => new() { _passed = FrameTracker.Restore(passed) };

    /// <summary>Where it is in the other peer's frames. No Close frame of ours may have been asked for.</summary>
    public readonly FrameState Save() => _stage == Stage.Open
        ? _passed.Save()
        : throw new InvalidOperationException("A leg that closes is not handed over.");

    /// <summary>Asks for a Close frame. Only the first is written, and none after one of the other peer's.</summary>
    /// <param name="frame">The whole frame.</param>
    /// <param name="writing">Whether bytes that passed are still being written.</param>
    /// <returns>Whether it is to be written now. Else it is when <see cref="TakeClose"/> says so, or never.</returns>
    public bool Close(byte[] frame, bool writing)
    {
        if (_stage != Stage.Open || _passed.CloseSeen)
        {
            return false;
        }

        if (writing || !_passed.AtBoundary)
        {
            _close = frame;
            _stage = Stage.Waiting;
            return false;
        }

        _stage = Stage.Shut;
        return true;
    }

    /// <summary>Shows bytes of the other peer, all of them, in order.</summary>
    /// <param name="bytes">What it sent.</param>
    /// <param name="frames">How many frames end in what passes.</param>
    /// <param name="closeSeen">Whether its first Close frame begins in what passes.</param>
    /// <returns>How many of the bytes are to be written: all, or the rest of the frame that a Close waits for, or none.
    /// The others are dropped.</returns>
    public int Pass(ReadOnlySpan<byte> bytes, out long frames, out bool closeSeen)
    {
        var framesBefore = _passed.Frames;
        var closeBefore = _passed.CloseSeen;
        var passed = 0;
        switch (_stage)
        {
            case Stage.Open:
                _passed.Advance(bytes);
                passed = bytes.Length;
                break;
            case Stage.Waiting:
                passed = _passed.AdvanceToBoundary(bytes);
                break;
            case Stage.Shut:
                break;
        }

        frames = _passed.Frames - framesBefore;
        closeSeen = _passed.CloseSeen && !closeBefore;
        if (passed < bytes.Length)
        {
            Drop(bytes[passed..]);
        }

        return passed;
    }

    /// <summary>To be asked when what passed is written.</summary>
    /// <returns>The Close frame, if it is to follow now.</returns>
    public byte[]? TakeClose()
    {
        ShutAtBoundary();
        if (_stage != Stage.Shut)
        {
            return null;
        }

        var close = _close;
        _close = null;
        return close;
    }

    /// <summary>Lets nothing pass any more.</summary>
    public void Shut()
    {
        _stage = Stage.Shut;
        _close = null;
    }

    // A Close frame of the other peer counts as received, even if it is dropped.
    private void Drop(ReadOnlySpan<byte> bytes)
    {
        ShutAtBoundary();
        _passed.Advance(bytes);
    }

    private void ShutAtBoundary()
    {
        if (_stage == Stage.Waiting && _passed.AtBoundary)
        {
            _stage = Stage.Shut;
            _close = _passed.CloseSeen ? null : _close;
        }
    }
}
