using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace WsBalancer.LoadTest.Echoing;

/// <summary>Turns a client's frames into the server's that send them back, as they come: nothing is held but a header
/// that is not whole yet. A Ping becomes a Pong; a Close is answered by itself, and ends it.</summary>
internal sealed class FrameEcho
{
    /// <summary>How much longer the output of a call can be than its input: a header begun in an earlier one.</summary>
    public const int MostAdded = LongestHeader;

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

    /// <summary>A Close was sent back: nothing follows it.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Writes what is to be sent for this input, and returns its length.</summary>
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

    /// <summary>Unmasks, and returns the mask as it applies to the next byte.</summary>
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

    // As far as it is known: two bytes say how long the rest is.
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
