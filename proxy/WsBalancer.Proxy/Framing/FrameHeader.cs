using System.Buffers.Binary;

namespace WsBalancer.Proxy.Framing;

/// <summary>The part of a WebSocket frame before its payload (RFC 6455 §5.2).</summary>
/// <remarks>
/// Reserved bits and opcodes are not validated: extensions define them, and a tunnel forwards what both ends have
/// negotiated.
/// </remarks>
internal readonly record struct FrameHeader
{
    /// <summary>Two bytes, eight of extended length, four of masking key.</summary>
    public const int MaxLength = 14;

    private const int CloseOpcode = 0x8;

    /// <summary>How many payload bytes follow. The top bit is set if the peer violates the protocol.</summary>
    public required ulong PayloadLength { get; init; }

    /// <summary>The masking key, read as a big-endian integer; 0, which changes nothing, if there is none.</summary>
    public required uint Mask { get; init; }

    public required bool IsClose { get; init; }

    /// <summary>The length of a header, as far as its first bytes determine it. If the header is incomplete, the
    /// result is greater than the number of the given bytes.</summary>
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

    /// <summary>Reads a header. The bytes must be the complete header and nothing else.</summary>
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
