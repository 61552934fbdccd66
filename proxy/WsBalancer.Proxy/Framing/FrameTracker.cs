using System.Runtime.CompilerServices;

namespace WsBalancer.Proxy.Framing;

/// <summary>
/// Tracks the frame boundaries in one direction of a tunnel. After each byte, in order, the tracker reports whether the
/// balancer may insert a frame now.
/// </summary>
/// <remarks>
/// <para>Only headers are parsed; payload of any length costs one subtraction. Control frames may be sent between the
/// fragments of a message (RFC 6455 §5.4), so the boundaries of messages do not matter.</para>
/// <para>A mutable value without references: keep a tracker in a field and never copy it. Not thread-safe.</para>
/// </remarks>
internal struct FrameTracker
{
    private ulong _payloadLeft;
    private HeaderBuffer _header;
    private byte _headerLength;
    private byte _codeBytesLeft;
    private bool _codeRead;
    private ushort _code;
    private ushort _codeMask;

    /// <summary>How many frames have ended. A frame that has begun and not ended does not count.</summary>
    public long FrameCount { get; private set; }

    /// <summary>True once the header of a Close frame has passed.</summary>
    public bool CloseSeen { get; private set; }

    /// <summary>True once the whole of the first Close frame has passed.</summary>
    public bool CloseEnded { get; private set; }

    /// <summary>
    /// True for ever once a payload length had its top bit set (RFC 6455 §5.2 forbids it). The end of that frame is
    /// unknown, so there is no boundary after it.
    /// </summary>
    public bool BoundariesUnknown { get; private set; }

    /// <summary>True between frames, and before the first.</summary>
    public readonly bool AtBoundary => (_payloadLeft | _headerLength) == 0 && !BoundariesUnknown;

    /// <summary>The unmasked status code of the first Close frame; null before it, and if there is none.</summary>
    public readonly int? CloseCode => _codeRead ? _code : null;

    /// <summary>Creates a tracker that continues from a saved state.</summary>
    public static FrameTracker Restore(FrameState state)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(state.Header.Length, FrameHeader.MaxLength);
        var tracker = new FrameTracker
        {
            _payloadLeft = state.PayloadLeft,
            _headerLength = (byte)state.Header.Length,
            FrameCount = state.Frames,
            BoundariesUnknown = state.Lost,
        };
        state.Header.CopyTo(tracker._header);
        if (state.Close is { } close)
        {
            tracker.CloseSeen = true;
            (tracker._code, tracker._codeMask, tracker._codeBytesLeft, tracker._codeRead, tracker.CloseEnded) = close;
        }

        return tracker;
    }

    /// <summary>The state from which another tracker continues.</summary>
    public readonly FrameState Save() => new(
        _payloadLeft,
        ((ReadOnlySpan<byte>)_header)[.._headerLength].ToArray(),
        FrameCount,
        BoundariesUnknown,
        CloseSeen ? new CloseState(_code, _codeMask, _codeBytesLeft, _codeRead, CloseEnded) : null);

    /// <summary>Processes the next bytes.</summary>
    public void Advance(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[AdvanceToBoundary(bytes)..];
        }
    }

    /// <summary>
    /// Processes bytes up to the end of the current frame or, at a boundary, of the next one. Returns how many bytes
    /// were processed: all of them, if the frame does not end before the last (see <see cref="AtBoundary"/>).
    /// </summary>
    public int AdvanceToBoundary(ReadOnlySpan<byte> bytes)
    {
        if (BoundariesUnknown || bytes.IsEmpty)
        {
            return bytes.Length;
        }

        var count = 0;
        if (_payloadLeft == 0)
        {
            count = AdvanceHeader(bytes);
            if (_headerLength != 0 || BoundariesUnknown)
            {
                return bytes.Length;
            }
        }

        return count + AdvancePayload(bytes[count..]);
    }

    private int AdvanceHeader(ReadOnlySpan<byte> bytes)
    {
        // The usual case: the bytes contain the complete header, which needs no copy.
        if (_headerLength == 0)
        {
            var length = FrameHeader.LengthOf(bytes);
            if (bytes.Length >= length)
            {
                Begin(FrameHeader.Read(bytes[..length]));
                return length;
            }
        }

        return GatherHeader(bytes);
    }

    private int GatherHeader(ReadOnlySpan<byte> bytes)
    {
        Span<byte> header = _header;
        for (var i = 0; i < bytes.Length; i++)
        {
            header[_headerLength++] = bytes[i];
            if (_headerLength == FrameHeader.LengthOf(header[.._headerLength]))
            {
                Begin(FrameHeader.Read(header[.._headerLength]));
                _headerLength = 0;
                return i + 1;
            }
        }

        return bytes.Length;
    }

    private void Begin(FrameHeader header)
    {
        if (header.PayloadLength > long.MaxValue)
        {
            BoundariesUnknown = true;
            return;
        }

        _payloadLeft = header.PayloadLength;
        if (header.IsClose && !CloseSeen)
        {
            CloseSeen = true;
            _codeMask = (ushort)(header.Mask >> 16);
            _codeBytesLeft = (byte)(header.PayloadLength < 2 ? 0 : 2);
        }
    }

    private int AdvancePayload(ReadOnlySpan<byte> bytes)
    {
        var count = (int)Math.Min(_payloadLeft, (ulong)bytes.Length);
        if (_codeBytesLeft != 0)
        {
            ReadCode(bytes[..count]);
        }

        _payloadLeft -= (ulong)count;
        if (_payloadLeft == 0)
        {
            // The first frame that ends after the header of the Close frame is the Close frame.
            FrameCount++;
            CloseEnded |= CloseSeen;
        }

        return count;
    }

    private void ReadCode(ReadOnlySpan<byte> payload)
    {
        for (var i = 0; i < payload.Length && _codeBytesLeft != 0; i++)
        {
            _code = (ushort)((_code << 8) | payload[i]);
            _codeBytesLeft--;
            if (_codeBytesLeft == 0)
            {
                _code ^= _codeMask;
                _codeRead = true;
            }
        }
    }

    [InlineArray(FrameHeader.MaxLength)]
    private struct HeaderBuffer
    {
        private byte _first;
    }
}
