using System.Buffers.Binary;

namespace WsBalancer.Proxy.Tests.Tunnels;

/// <summary>Frames as a peer sends them.</summary>
internal static class TestFrame
{
    /// <summary>An unmasked frame.</summary>
    public static byte[] Of(int opcode, byte[] payload, bool final = true)
    {
        var header = payload.Length < 126 ? 2 : 4;
        var frame = new byte[header + payload.Length];
        frame[0] = (byte)((final ? 0x80 : 0) | opcode);
        frame[1] = (byte)(payload.Length < 126 ? payload.Length : 126);
        if (header == 4)
        {
            BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), (ushort)payload.Length);
        }

        payload.CopyTo(frame, header);
        return frame;
    }

    public static byte[] Binary(int length) => Of(2, [.. Enumerable.Range(0, length).Select(i => (byte)i)]);

    /// <summary>An unmasked Close frame.</summary>
    public static byte[] Close(int code) => Of(8, [(byte)(code >> 8), (byte)code]);
}
