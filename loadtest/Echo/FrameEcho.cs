using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace WsBalancer.LoadTest.Echo;

/// <summary>
/// Converts a client's frames to the server's echo frames as the bytes arrive; only an incomplete header is buffered. A
/// Ping becomes a Pong; a Close frame is returned as a Close frame and ends the echo.
/// </summary>
internal sealed class FrameEcho
{
    /// <summary>
    /// The maximum by which the output of a call can exceed its input: a header whose first bytes were in an earlier
    /// input.
    /// </summary>
    public const int MaxAdded = LongestHeader;

    private const int LongestHeader = 14;
    private const int MaskSize = 4;
    private const byte Ping = 0x9;
    private const byte Pong = 0xA;
    private const byte Closing = 0x8;

    private readonly byte[] _header = new byte[LongestHeader];
    private int _headerLength;
    private ulong _remaining;
    private uint _mask;
    private bool _isInPayload;

    /// <summary>Whether a Close frame was returned: nothing may follow it.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Writes the bytes to send for this input, and returns their number.</summary>
    public int Transform(ReadOnlySpan<byte> input, Span<byte> output)
    {
        var written = 0;
        while (!input.IsEmpty && !IsClosed)
        {
            if (_isInPayload)
            {
                var length = (int)Math.Min(_remaining, (ulong)input.Length);
                _mask = Unmask(input[..length], output[written..], _mask);
                _remaining -= (ulong)length;
                input = input[length..];
                written += length;
            }
            else
            {
                _header[_headerLength++] = input[0];
                input = input[1..];
                written += _headerLength == HeaderSize() ? BeginPayload(output[written..]) : 0;
            }

            EndPayload();
        }

        return written;
    }

    /// <summary>Unmasks the bytes, and returns the mask as it applies to the next byte.</summary>
    private static uint Unmask(ReadOnlySpan<byte> input, Span<byte> output, uint mask)
    {
        var wide = mask | ((ulong)mask << 32);
        var words = MemoryMarshal.Cast<byte, ulong>(input);
        var unmasked = MemoryMarshal.Cast<byte, ulong>(output);
        for (var index = 0; index < words.Length; index++)
        {
            unmasked[index] = words[index] ^ wide;
        }

        for (var index = words.Length * sizeof(ulong); index < input.Length; index++)
        {
            output[index] = (byte)(input[index] ^ mask);
            mask = uint.RotateRight(mask, 8);
        }

        return mask;
    }

    // The first two bytes specify the length of the rest; until then, the maximum.
    private int HeaderSize() => _headerLength < 2
        ? LongestHeader
        : 2 + LengthSize() + ((_header[1] & 0x80) == 0 ? 0 : MaskSize);

    private int LengthSize() => (_header[1] & 0x7F) switch { 126 => sizeof(ushort), 127 => sizeof(ulong), _ => 0 };

    private int BeginPayload(Span<byte> output)
    {
        var length = _header.AsSpan(2, LengthSize());
        _remaining = length.Length switch
        {
            sizeof(ushort) => BinaryPrimitives.ReadUInt16BigEndian(length),
            sizeof(ulong) => BinaryPrimitives.ReadUInt64BigEndian(length),
            _ => (ulong)(_header[1] & 0x7F),
        };
        var sent = 2 + length.Length;
        _mask = _headerLength == sent ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(_header.AsSpan(sent));
        _isInPayload = true;

        _header.AsSpan(0, sent).CopyTo(output);
        output[0] = (_header[0] & 0xF) == Ping ? (byte)((_header[0] & 0xF0) | Pong) : _header[0];
        output[1] &= 0x7F;
        return sent;
    }

    private void EndPayload()
    {
        if (_isInPayload && _remaining == 0)
        {
            _isInPayload = false;
            _headerLength = 0;
            IsClosed = (_header[0] & 0xF) == Closing;
        }
    }
}
