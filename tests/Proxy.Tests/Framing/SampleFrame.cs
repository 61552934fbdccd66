using System.Buffers.Binary;
using CsCheck;

namespace WsBalancer.Proxy.Tests.Framing;

/// <summary>A frame that a test sends, encoded independently of the code under test.</summary>
internal sealed record SampleFrame(byte First, byte[] Payload, uint? Mask, int LengthSize)
{
    public const byte Text = 0x81;
    public const byte Close = 0x88;

    /// <summary>Any frame: all opcodes and reserved bits, lengths in any of three notations, masked or not.</summary>
    public static Gen<SampleFrame> Any { get; } = Gen.Select(
        Gen.Byte,
        Gen.Frequency(
            (10, Gen.Byte.Array[0, 5]),
            (10, Gen.Byte.Array[0, 200]),
            (1, Gen.Byte.Array[65_530, 65_540])),
        Gen.UInt.Nullable(),
        Gen.OneOf(Gen.Const(1), Gen.Const(2), Gen.Const(8)),
        (first, payload, mask, size) => new SampleFrame(first, payload, mask, Math.Max(size, SizeFor(payload))));

    public static SampleFrame ClosingWith(int code, uint? mask)
    {
        var payload = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)code);
        return new SampleFrame(Close, payload, mask, 1);
    }

    public bool IsClose => (First & 0x0F) == 8;

    /// <summary>The code that a Close frame's payload begins with.</summary>
    public int? Code => Payload.Length < 2 ? null : BinaryPrimitives.ReadUInt16BigEndian(Payload);

    public byte[] ToBytes()
    {
        var maskBit = Mask is null ? 0 : 0x80;
        var length = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(length, (ulong)Payload.Length);
        byte[] key = Mask is { } mask ? [(byte)(mask >> 24), (byte)(mask >> 16), (byte)(mask >> 8), (byte)mask] : [];
        var payload = Payload.Select((value, i) => key.Length == 0 ? value : (byte)(value ^ key[i % 4]));

        return LengthSize switch
        {
            1 => [First, (byte)(maskBit | Payload.Length), .. key, .. payload],
            2 => [First, (byte)(maskBit | 126), .. length[6..], .. key, .. payload],
            _ => [First, (byte)(maskBit | 127), .. length, .. key, .. payload],
        };
    }

    private static int SizeFor(byte[] payload) => payload.Length switch
    {
        < 126 => 1,
        < 65_536 => 2,
        _ => 8,
    };
}
