using System.Buffers.Binary;
using System.Text;

namespace WsBalancer.EndToEnd.Tests.Wire;

/// <summary>The frames of HTTP/2 (RFC 9113 §4) that a test client needs, and the headers of its requests.</summary>
internal readonly record struct Http2Frame(Http2FrameType Type, byte Flags, int Stream, byte[] Payload)
{
    public const byte EndStream = 0x1;
    public const byte Ack = 0x1;
    public const byte EndHeaders = 0x4;

    /// <summary>The largest payload that every endpoint must accept (RFC 9113 §4.2).</summary>
    public const int MaxPayload = 16_384;

    private const int HeadLength = 9;

    public bool Has(byte flag) => (Flags & flag) != 0;

    public byte[] ToBytes()
    {
        var bytes = new byte[HeadLength + Payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(bytes, Payload.Length << 8);
        (bytes[3], bytes[4]) = ((byte)Type, Flags);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(5), Stream);
        Payload.CopyTo(bytes, HeadLength);
        return bytes;
    }

    public static async Task<Http2Frame> Read(Stream from, CancellationToken cancellation)
    {
        var head = new byte[HeadLength];
        await from.ReadExactlyAsync(head, cancellation);
        var payload = new byte[(head[0] << 16) | (head[1] << 8) | head[2]];
        await from.ReadExactlyAsync(payload, cancellation);
        return new((Http2FrameType)head[3], head[4], BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(5)), payload);
    }

    /// <summary>A payload of numbers, each with its length in bytes: 2 or 4.</summary>
    public static byte[] Numbers(params (int Bytes, uint Value)[] numbers) =>
        [.. numbers.SelectMany(number => BitConverter.GetBytes(number.Value).Take(number.Bytes).Reverse())];

    /// <summary>Headers as HPACK literals (RFC 7541 §6.2.2), which need neither a table nor Huffman coding.</summary>
    public static byte[] Headers(params IEnumerable<(string Name, string Value)> headers) =>
        [.. headers.SelectMany(header => (byte[])[0, .. Text(header.Name), .. Text(header.Value)])];

    private static byte[] Text(string text)
    {
        var bytes = Encoding.Latin1.GetBytes(text);

        return bytes.Length < 127
            ? [(byte)bytes.Length, .. bytes]
            : throw new ArgumentException($"Longer than this client can write: {text}", nameof(text));
    }
}
