using System.Buffers.Binary;

namespace WsBalancer.Proxy.Framing;

/// <summary>The part of a WebSocket frame before its payload (RFC 6455 §5.2).</summary>
/// <remarks>
/// Reserved bits and opcodes are not judged: extensions give them meaning, and a tunnel passes what both ends agreed on.
/// </remarks>
internal readonly record struct FrameHeader
{
    /// <summary>Two bytes, eight of extended length, four of masking key.</summary>
    public const int MaxLength = 14;

    private const int CloseOpcode = 0x8;

    /// <summary>Payload bytes that follow; top bit set if the peer broke the protocol.</summary>
    public required ulong PayloadLength { get; init; }

    /// <summary>The masking key as four bytes read big-endian; 0, which changes nothing, without a mask.</summary>
    public required uint Mask { get; init; }

    public required bool IsClose { get; init; }

    /// <summary>How many bytes the header that begins here has, as far as the first bytes tell; at least one more
    /// than given as long as it is not complete.</summary>
    public static int LengthOf(ReadOnlySpan<byte> start)
    {
        if (start.Length < 2)
        {
            return 2;
        }

        var extended = (start[1] & 0x7F) switch
        {
            126 => sizeof(ushort),
            127 => sizeof(ulong),
            _ => 0,
        };

        return 2 + extended + ((start[1] & 0x80) >> 5);
    }

    /// <summary>Reads a header given whole, and nothing but it.</summary>
    public static FrameHeader Read(ReadOnlySpan<byte> header)
    {
        var length = header[1] & 0x7F;
        var masked = (header[1] & 0x80) != 0;

        return new FrameHeader
        {
            PayloadLength = length switch
            {
                126 => BinaryPrimitives.ReadUInt16BigEndian(header[2..]),
                127 => BinaryPrimitives.ReadUInt64BigEndian(header[2..]),
                _ => (ulong)length,
            },
            Mask = masked ? BinaryPrimitives.ReadUInt32BigEndian(header[^sizeof(uint)..]) : 0,
            IsClose = (header[0] & 0x0F) == CloseOpcode,
        };
    }
}
