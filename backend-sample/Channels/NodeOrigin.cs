using System.Buffers.Binary;
using System.Security.Cryptography;

namespace WsBalancer.BackendSample.Channels;

/// <summary>
/// The random number of one run of a node. Its messages have this number on the bus, so that the node recognises the
/// copies of messages that its own members have received already.
/// </summary>
internal readonly record struct NodeOrigin(ulong Value)
{
    /// <summary>The bytes of a number.</summary>
    public const int Length = sizeof(ulong);

    public static NodeOrigin Create()
    {
        Span<byte> bytes = stackalloc byte[Length];
        RandomNumberGenerator.Fill(bytes);
        return Read(bytes);
    }

    public static NodeOrigin Read(ReadOnlySpan<byte> bytes) => new(BinaryPrimitives.ReadUInt64LittleEndian(bytes));

    public void Write(Span<byte> bytes) => BinaryPrimitives.WriteUInt64LittleEndian(bytes, Value);
}
