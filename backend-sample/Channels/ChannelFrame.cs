using System.Buffers.Text;
using System.Text;
using WsBalancer.BackendSample.Messaging;

namespace WsBalancer.BackendSample.Channels;

/// <summary>One message between nodes: the JSON text for clients, after a prefix for its kind.</summary>
/// <remarks>
/// A plain message has no prefix and begins with a brace. The prefix of a stored message is the byte 1, the position
/// and a line feed; that of an ephemeral message is the byte 2. Before the prefix, a message that the members on its
/// own node have received already has the byte 3 and the origin.
/// </remarks>
/// <param name="Message">The JSON text.</param>
/// <param name="Position">The position of a stored message; null for other messages.</param>
/// <param name="IsEphemeral">Whether the message is worthless a moment later.</param>
internal readonly record struct ChannelFrame(
    ReadOnlyMemory<byte> Message, ChannelPosition? Position, bool IsEphemeral)
{
    public const byte StoredMark = 1;
    public const byte EphemeralMark = 2;
    public const byte OriginMark = 3;

    /// <summary>The bytes of the mark of an origin, with the origin.</summary>
    public const int OriginLength = 1 + NodeOrigin.Length;

    /// <summary>More bytes than the prefix of any stored message has.</summary>
    public const int MaxPrefix = 256;

    /// <summary>The node whose members have received the message already; null if there is none.</summary>
    public NodeOrigin? Origin { get; private init; }

    /// <summary>Reads a frame. Bytes that are not a frame of this version are a plain message.</summary>
    public static ChannelFrame Parse(ReadOnlyMemory<byte> frame)
    {
        var bytes = frame.Span;
        if (bytes is [OriginMark, ..] && bytes.Length > OriginLength)
        {
            return Parse(frame[OriginLength..]) with { Origin = NodeOrigin.Read(bytes[1..]) };
        }

        if (bytes is [EphemeralMark, ..])
        {
            return new ChannelFrame(frame[1..], null, IsEphemeral: true);
        }

        var end = bytes is [StoredMark, ..] ? bytes.IndexOf((byte)'\n') : -1;
        var colon = end > 0 ? bytes[..end].LastIndexOf((byte)':') : -1;
        if (colon > 0 && Utf8Parser.TryParse(bytes[(colon + 1)..end], out long offset, out _))
        {
            var position = new ChannelPosition(Encoding.UTF8.GetString(bytes[1..colon]), offset);
            return new ChannelFrame(frame[(end + 1)..], position, IsEphemeral: false);
        }

        return new ChannelFrame(frame, null, IsEphemeral: false);
    }

    /// <summary>The frame of a stored message.</summary>
    public static ReadOnlyMemory<byte> Stored(ChannelPosition position, ReadOnlyMemory<byte> message)
    {
        var prefix = Encoding.UTF8.GetBytes($"{(char)StoredMark}{position}\n");
        return (byte[])[.. prefix, .. message.Span];
    }

    /// <summary>The frame of a message that the members on its own node have received already.</summary>
    public static ReadOnlyMemory<byte> Of(NodeOrigin origin, ReadOnlyMemory<byte> frame)
    {
        var bytes = new byte[OriginLength + frame.Length];
        bytes[0] = OriginMark;
        origin.Write(bytes.AsSpan(1));
        frame.CopyTo(bytes.AsMemory(OriginLength));
        return bytes;
    }

    /// <summary>The frame of an ephemeral message.</summary>
    public static ReadOnlyMemory<byte> Ephemeral(ReadOnlyMemory<byte> message)
    {
        var frame = new byte[message.Length + 1];
        frame[0] = EphemeralMark;
        message.CopyTo(frame.AsMemory(1));
        return frame;
    }
}
