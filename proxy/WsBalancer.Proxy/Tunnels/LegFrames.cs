using WsBalancer.Proxy.Framing;

namespace WsBalancer.Proxy.Tunnels;

/// <summary>
/// Decides which bytes are written to a leg: the other peer's frames; then, if requested, a Close frame of the balancer
/// at the next frame boundary, and nothing after it.
/// </summary>
/// <remarks>
/// Control frames may occur between the fragments of a message (RFC 6455 §5.4), so only frame boundaries matter, never
/// message boundaries. A mutable value: keep it in a field and never copy it. Not thread-safe.
/// </remarks>
internal struct LegFrames
{
    private FrameTracker _passed;
    private byte[]? _close;
    private Stage _stage;

    private enum Stage : byte
    {
        /// <summary>Frames of the other peer are written.</summary>
        Open,

        /// <summary>The balancer's Close frame waits for the next frame boundary.</summary>
        Waiting,

        /// <summary>The balancer's Close frame is written or being written, or all bytes are dropped.</summary>
        Shut,
    }

    /// <summary>Whether a Close frame, of the other peer or the balancer, was written, or nothing more will be written.
    /// </summary>
    public readonly bool CloseWritten => _stage == Stage.Shut || _passed.CloseSeen;

    /// <summary>Whether a complete Close frame of the other peer was received. The frame is dropped if a Close frame of
    /// the balancer replaces it.</summary>
    public readonly bool PeerClosed => _passed.CloseEnded;

    /// <inheritdoc cref="FrameTracker.CloseCode"/>
    public readonly int? CloseCode => _passed.CloseCode;

    /// <summary>Whether the frame boundaries of the other peer's bytes are unknown.</summary>
    public readonly bool BoundariesUnknown => _passed.BoundariesUnknown;

    /// <summary>The frames of a leg that continues a released one.</summary>
    public static LegFrames Restore(FrameState passed) => new() { _passed = FrameTracker.Restore(passed) };

    /// <summary>The position in the other peer's frames. Not allowed after a Close frame was requested.</summary>
    public readonly FrameState Save() => _stage == Stage.Open
        ? _passed.Save()
        : throw new InvalidOperationException("A leg that closes is not handed over.");

    /// <summary>Requests a Close frame. Only the first request counts, and none after the other peer's Close frame.
    /// </summary>
    /// <param name="frame">The whole frame.</param>
    /// <param name="writing">Whether a write to the leg is pending.</param>
    /// <returns>Whether the caller must write the frame now. Otherwise <see cref="TakeClose"/> returns it later, or the
    /// frame is never written.</returns>
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

    /// <summary>Follows the bytes of the other peer: must be called with all of them, in order.</summary>
    /// <param name="bytes">The received bytes.</param>
    /// <param name="frames">How many frames end in the bytes to write.</param>
    /// <param name="closeSeen">Whether the other peer's first Close frame begins in the bytes to write.</param>
    /// <returns>How many of the bytes the caller must write: all, or the rest of the frame before a requested Close
    /// frame, or none. The others are dropped.</returns>
    public int Pass(ReadOnlySpan<byte> bytes, out long frames, out bool closeSeen)
    {
        var framesBefore = _passed.FrameCount;
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

        frames = _passed.FrameCount - framesBefore;
        closeSeen = _passed.CloseSeen && !closeBefore;
        if (passed < bytes.Length)
        {
            Drop(bytes[passed..]);
        }

        return passed;
    }

    /// <summary>Must be called when the bytes of <see cref="Pass"/> are written.</summary>
    /// <returns>The Close frame that the caller must write now; null for none.</returns>
    public byte[]? TakeClose()
    {
        DiscardAtBoundary();
        if (_stage != Stage.Shut)
        {
            return null;
        }

        var close = _close;
        _close = null;
        return close;
    }

    /// <summary>From now on all bytes are dropped, and so is a Close frame that is not yet written.</summary>
    public void DiscardRest()
    {
        _stage = Stage.Shut;
        _close = null;
    }

    // A Close frame of the other peer counts as received, even if it is dropped.
    private void Drop(ReadOnlySpan<byte> bytes)
    {
        DiscardAtBoundary();
        _passed.Advance(bytes);
    }

    private void DiscardAtBoundary()
    {
        if (_stage == Stage.Waiting && _passed.AtBoundary)
        {
            _stage = Stage.Shut;
            _close = _passed.CloseSeen ? null : _close;
        }
    }
}
