using System.Buffers.Text;
using System.Text;
using WsBalancer.BackendSample.Messaging;

namespace WsBalancer.BackendSample.Channels;

/// <summary>One message between nodes: the JSON text for clients, after a prefix for its kind.</summary>
/// <remarks>
/// A plain message has no prefix and begins with a brace. The prefix of a stored message is the byte 1, the position
/// and a line feed; that of an ephemeral message is the byte 2. The byte 3 begins a notice for the node itself.
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
    public const byte PresenceMark = 3;

    /// <summary>Reads a frame. Bytes that are not a frame of this version are a plain message.</summary>
    public static ChannelFrame Parse(ReadOnlyMemory<byte> frame)
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

    /// <summary>The frame of an ephemeral message.</summary>
    public static ReadOnlyMemory<byte> Ephemeral(ReadOnlyMemory<byte> message) => Marked(EphemeralMark, message);

    /// <summary>The frame of a notice that users of the room have changed.</summary>
    public static ReadOnlyMemory<byte> Presence(ReadOnlyMemory<byte> users) => Marked(PresenceMark, users);

    private static ReadOnlyMemory<byte> Marked(byte mark, ReadOnlyMemory<byte> message)
    {
        var frame = new byte[message.Length + 1];
        frame[0] = mark;
        message.CopyTo(frame.AsMemory(1));
        return frame;
    }
}
