using WsBalancer.BackendSample.Messaging;

namespace WsBalancer.BackendSample.Channels;

/// <summary>A text message for clients: serialised once, and shared by all its recipients.</summary>
/// <param name="bytes">The bytes of the message. They must not be changed.</param>
/// <param name="priority">The priority among the messages that are queued for one client.</param>
internal sealed class Delivery(ReadOnlyMemory<byte> bytes, Priority priority)
{
    /// <summary>The approximate cost of a queued message in addition to its bytes.</summary>
    private const int MessageCost = 64;

    /// <summary>A stored message, at its position in the channel.</summary>
    public Delivery(string channel, StoredMessage message)
        : this(ServerMessage.Stamp(message.Bytes, message.Position), PriorityOf(channel))
    {
        (Channel, Position, CanShed) = (channel, message.Position, true);
    }

    public ReadOnlyMemory<byte> Bytes { get; } = bytes;

    public Priority Priority { get; } = priority;

    /// <summary>The bytes that count as queued.</summary>
    public int Cost => Bytes.Length + MessageCost;

    /// <summary>The channel of a stored message; null for a message that is not stored.</summary>
    public string? Channel { get; private init; }

    /// <summary>The position of a stored message.</summary>
    public ChannelPosition Position { get; private init; }

    /// <summary>
    /// Whether the message may be dropped if the queue of a slow client is full. Answers and notices may not.
    /// </summary>
    public bool CanShed { get; private init; }

    /// <summary>An answer of the node, or a notice.</summary>
    public static Delivery Control(ReadOnlyMemory<byte> bytes) => new(bytes, Priority.Control);

    /// <summary>An answer about a room, in order with the messages of the room.</summary>
    public static Delivery AboutRoom(ReadOnlyMemory<byte> bytes) => new(bytes, Priority.Room);

    /// <summary>A message that is not stored.</summary>
    public static Delivery Plain(ReadOnlyMemory<byte> bytes, Priority priority) =>
        new(bytes, priority) { CanShed = true };

    /// <summary>A notice that stored messages up to the position, and including it, may have been missed.</summary>
    public static Delivery Gap(string channel, ChannelPosition position) =>
        new(ServerMessage.Gap(channel, position), PriorityOf(channel)) { Channel = channel, Position = position };

    /// <summary>The priority of the messages of a channel.</summary>
    public static Priority PriorityOf(string channel) =>
        ChannelName.IsUser(channel) ? Priority.Direct : Priority.Room;
}

/// <summary>The priorities of messages, the highest first: the order of sending when several are queued.</summary>
internal enum Priority
{
    /// <summary>Welcome, acknowledgements, errors and echoes.</summary>
    Control,

    /// <summary>Messages to a user.</summary>
    Direct,

    /// <summary>Messages to a room.</summary>
    Room,

    /// <summary>Messages that are worthless a moment later, such as who is typing.</summary>
    Ephemeral,
}
