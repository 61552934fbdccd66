using System.Buffers.Binary;
using WsBalancer.LoadTest.Load;

namespace WsBalancer.LoadTest.Compare;

/// <summary>
/// A masked binary frame that is ready to send, and the echo that the server must return. The payload is the
/// connection's number, the message's number, and padding.
/// </summary>
internal sealed class PreframedMessage
{
    public const int SmallestPayload = Payload.SmallestBinary;

    public const int LargestPayload = 1_048_576;

    private const byte WholeBinary = 0x82;
    private const byte Masked = 0x80;

    // Any value except 0: masking only protects caches that would parse the payload as HTTP (RFC 6455, section 10.3).
    private static readonly byte[] Mask = [0x5A, 0xC3, 0x17, 0x9E];

    private readonly int _payloadAt;
    private int _sequence;

    public PreframedMessage(int connection, int size)
    {
        byte[] length = size switch
        {
            <= 125 => [(byte)size],
            <= ushort.MaxValue => [126, (byte)(size >> 8), (byte)size],
            _ => [127, 0, 0, 0, 0, (byte)(size >> 24), (byte)(size >> 16), (byte)(size >> 8), (byte)size],
        };
        _payloadAt = 1 + length.Length;
        Echo = [WholeBinary, .. length, .. Enumerable.Range(0, size).Select(index => (byte)('a' + (index % 26)))];
        BinaryPrimitives.WriteInt32LittleEndian(Echo.AsSpan(_payloadAt), connection);
        BinaryPrimitives.WriteInt32LittleEndian(Echo.AsSpan(_payloadAt + sizeof(int)), _sequence);
        Frame = MaskedFrame(Echo, _payloadAt);
    }

    /// <summary>The masked frame to send.</summary>
    public byte[] Frame { get; }

    /// <summary>The frame that the server must return.</summary>
    public byte[] Echo { get; }

    /// <summary>Changes both frames to the connection's next message.</summary>
    public void Next()
    {
        var sequenceAt = _payloadAt + sizeof(int);
        BinaryPrimitives.WriteInt32LittleEndian(Echo.AsSpan(sequenceAt), ++_sequence);
        BinaryPrimitives.WriteInt32LittleEndian(
            Frame.AsSpan(sequenceAt + Mask.Length), _sequence ^ BinaryPrimitives.ReadInt32LittleEndian(Mask));
    }

    /// <summary>Converts a server's frame to the masked frame that a client sends.</summary>
    public static byte[] MaskedFrame(ReadOnlySpan<byte> frame, int payloadAt)
    {
        byte[] masked = [.. frame[..payloadAt], .. Mask, .. frame[payloadAt..]];
        masked[1] |= Masked;
        for (var index = 0; index < frame.Length - payloadAt; index++)
        {
            masked[payloadAt + Mask.Length + index] ^= Mask[index % Mask.Length];
        }

        return masked;
    }
}
