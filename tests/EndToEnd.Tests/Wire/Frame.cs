using System.Buffers.Binary;
using System.Text;

namespace WsBalancer.EndToEnd.Tests.Wire;

/// <summary>One WebSocket frame, well-formed or not: nothing is validated or corrected.</summary>
internal sealed class Frame(Opcode opcode, byte[] payload)
{
    public Opcode Opcode { get; } = opcode;

    /// <summary>The payload without the mask.</summary>
    public byte[] Payload { get; } = payload;

    public bool Final { get; init; } = true;

    /// <summary>The three reserved bits; 4 is RSV1, which marks a compressed message.</summary>
    public int Reserved { get; init; }

    public LengthForm Length { get; init; }

    /// <summary>Four bytes, or null for a frame without a mask.</summary>
    public byte[]? Mask { get; init; }

    public string PayloadText => Encoding.UTF8.GetString(Payload);

    public int? CloseCode =>
        Opcode == Opcode.Close && Payload.Length >= 2 ? BinaryPrimitives.ReadUInt16BigEndian(Payload) : null;

    public string CloseReason => Payload.Length > 2 ? Encoding.UTF8.GetString(Payload.AsSpan(2)) : "";

    public static Frame Text(string text) => new(Opcode.Text, Encoding.UTF8.GetBytes(text));

    public static Frame Binary(byte[] payload) => new(Opcode.Binary, payload);

    public static Frame Ping(string text) => new(Opcode.Ping, Encoding.UTF8.GetBytes(text));

    public static Frame Pong(byte[] payload) => new(Opcode.Pong, payload);

    public static Frame Close(int code, string reason = "") =>
        new(Opcode.Close, [(byte)(code >> 8), (byte)code, .. Encoding.UTF8.GetBytes(reason)]);

    public Frame Masked(byte[]? mask = null) => new(Opcode, Payload)
    {
        Final = Final,
        Reserved = Reserved,
        Length = Length,
        Mask = mask ?? [0x5A, 0xA5, 0x0F, 0xF0],
    };

    public Frame Unmasked() => new(Opcode, Payload) { Final = Final, Reserved = Reserved, Length = Length };

    public byte[] ToBytes()
    {
        var first = (byte)((Final ? 0x80 : 0) | Reserved << 4 | (int)Opcode);
        var masked = Mask is null ? 0 : 0x80;
        byte[] length = LengthUsed() switch
        {
            LengthForm.Bits7 => [(byte)(masked | Payload.Length)],
            LengthForm.Bits16 => [(byte)(masked | 126), (byte)(Payload.Length >> 8), (byte)Payload.Length],
            _ => [(byte)(masked | 127), .. BitConverter.GetBytes((long)Payload.Length).Reverse()],
        };

        return [first, .. length, .. Mask ?? [], .. WithMask(Payload, Mask)];
    }

    public static byte[] WithMask(byte[] payload, byte[]? mask)
    {
        var result = (byte[])payload.Clone();
        for (var i = 0; mask is not null && i < result.Length; i++)
        {
            result[i] ^= mask[i & 3];
        }

        return result;
    }

    public override string ToString() =>
        $"{Opcode} {CloseCode} of {Payload.Length} bytes{(Final ? "" : ", more to come")}";

    private LengthForm LengthUsed() => Length != LengthForm.Shortest
        ? Length
        : Payload.Length switch
        {
            < 126 => LengthForm.Bits7,
            <= ushort.MaxValue => LengthForm.Bits16,
            _ => LengthForm.Bits64,
        };
}
