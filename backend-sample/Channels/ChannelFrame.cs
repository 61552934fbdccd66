using System.Text;
using WsBalancer.BackendSample.Messaging;

namespace WsBalancer.BackendSample.Channels;

/// <summary>One message between nodes: the JSON text for clients, after a prefix for its kind.</summary>
/// <remarks>
/// A plain message has no prefix and begins with a brace. The prefix of a stored message is the byte 1, the position
/// and a line feed; that of an ephemeral message is the byte 2, and that of a notice for the node itself the byte 4.
/// Before the prefix, a message that the members on its own node have received already has the byte 3 and the origin.
/// </remarks>
/// <param name="Message">The JSON text.</param>
/// <param name="Position">The position of a stored message; null for other messages.</param>
/// <param name="IsEphemeral">Whether the message is worthless a moment later.</param>
/// <param name="IsPresence">Whether it is a notice for the node that users of the room have changed.</param>
internal readonly record struct ChannelFrame(
    ReadOnlyMemory<byte> Message, ChannelPosition? Position, bool IsEphemeral, bool IsPresence = false)
{
    public const byte StoredMark = 1;
    public const byte EphemeralMark = 2;
    public const byte OriginMark = 3;
    public const byte PresenceMark = 4;

    /// <summary>The bytes of the mark of an origin, with the origin.</summary>
    public const int OriginLength = 1 + NodeOrigin.Length;

    /// <summary>More bytes than the prefix of any stored message has.</summary>
    public const int MaxPrefix = 256;

    /// <summary>The node whose members have received the message already; null if there is none.</summary>
    public NodeOrigin? Origin { get; private init; }

    /// <summary>Reads a frame. Bytes that are not a frame of this version are a plain message.</summary>
    public static ChannelFrame Parse(ReadOnlyMemory<byte> frame) => OriginOf(frame.Span) is { } origin
        ? ParseKind(frame[OriginLength..]) with { Origin = origin }
        : ParseKind(frame);

    /// <summary>The origin at the beginning of a frame; null if there is none.</summary>
    public static NodeOrigin? OriginOf(ReadOnlySpan<byte> frame) =>
        frame is [OriginMark, ..] && frame.Length > OriginLength ? NodeOrigin.Read(frame[1..]) : null;

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
    public static ReadOnlyMemory<byte> Ephemeral(ReadOnlyMemory<byte> message) => Marked(EphemeralMark, message);

    /// <summary>The frame of a notice that users of the room have changed.</summary>
    public static ReadOnlyMemory<byte> Presence(ReadOnlyMemory<byte> users) => Marked(PresenceMark, users);

    // A frame has one origin at most: a second one is a part of the message.
    private static ChannelFrame ParseKind(ReadOnlyMemory<byte> frame)
    {
        var bytes = frame.Span;
        if (bytes is [EphemeralMark, ..])
        {
            return new ChannelFrame(frame[1..], null, IsEphemeral: true);
        }

        if (bytes is [PresenceMark, ..])
        {
            return new ChannelFrame(frame[1..], null, IsEphemeral: false, IsPresence: true);
        }

        var end = bytes is [StoredMark, ..] ? bytes.IndexOf((byte)'\n') : -1;
        if (end is > 1 and <= MaxPrefix && ParsePosition(bytes[1..end]) is { } position
            && new StoredMessage(position, frame[(end + 1)..]) is { IsObject: true } stored)
        {
            return new ChannelFrame(stored.Bytes, position, IsEphemeral: false);
        }

        return new ChannelFrame(frame, null, IsEphemeral: false);
    }

    private static ReadOnlyMemory<byte> Marked(byte mark, ReadOnlyMemory<byte> message)
    {
        var frame = new byte[message.Length + 1];
        frame[0] = mark;
        message.CopyTo(frame.AsMemory(1));
        return frame;
    }

    private static ChannelPosition? ParsePosition(ReadOnlySpan<byte> bytes)
    {
        Span<char> text = stackalloc char[MaxPrefix];
        return ChannelPosition.Parse(text[..Encoding.UTF8.GetChars(bytes, text)]);
    }
}
