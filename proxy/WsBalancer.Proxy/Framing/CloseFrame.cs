using System.Buffers.Binary;
using System.Text.Unicode;

namespace WsBalancer.Proxy.Framing;

/// <summary>Writes Close frames: the only frames that the balancer itself sends into a tunnel.</summary>
internal static class CloseFrame
{
    /// <summary>The maximum length of a reason, in bytes of UTF-8.</summary>
    public const int MaxReasonLength = 123;

    /// <summary>The length of the longest Close frame: header, mask, code and reason.</summary>
    public const int MaxLength = 2 + sizeof(uint) + sizeof(ushort) + MaxReasonLength;

    private const byte FinalClose = 0x88;
    private const byte MaskBit = 0x80;

    /// <summary>Writes a Close frame and returns its length.</summary>
    /// <param name="destination">A buffer of at least <see cref="MaxLength"/> bytes.</param>
    /// <param name="code">A code that <see cref="CloseCode.MayBeSent"/> allows.</param>
    /// <param name="reason">Cut at the last whole character that fits.</param>
    /// <param name="mask">Required toward a node, forbidden toward a client.</param>
    public static int Write(Span<byte> destination, int code, ReadOnlySpan<char> reason, uint? mask)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, MaxLength);
        if (!CloseCode.MayBeSent(code))
        {
            throw new ArgumentOutOfRangeException(nameof(code), code, $"Expected {CloseCode.Allowed}.");
        }

        var headerLength = mask is null ? 2 : 2 + sizeof(uint);
        var payload = destination[headerLength..];
        BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)code);
        Utf8.FromUtf16(reason, payload.Slice(sizeof(ushort), MaxReasonLength), out _, out var reasonLength);
        payload = payload[..(sizeof(ushort) + reasonLength)];

        destination[0] = FinalClose;
        destination[1] = (byte)payload.Length;
        if (mask is { } key)
        {
            destination[1] |= MaskBit;
            BinaryPrimitives.WriteUInt32BigEndian(destination[2..], key);
            Apply(destination.Slice(2, sizeof(uint)), payload);
        }

        return headerLength + payload.Length;
    }

    /// <summary>Creates a Close frame in a new array, with the parameters of <see cref="Write"/>.</summary>
    public static byte[] Create(int code, ReadOnlySpan<char> reason, uint? mask)
    {
        Span<byte> frame = stackalloc byte[MaxLength];
        return frame[..Write(frame, code, reason, mask)].ToArray();
    }

    private static void Apply(ReadOnlySpan<byte> mask, Span<byte> payload)
    {
        for (var i = 0; i < payload.Length; i++)
        {
            payload[i] ^= mask[i % mask.Length];
        }
    }
}
