using WsBalancer.BackendSample.Messaging;

namespace WsBalancer.BackendSample.Channels;

/// <summary>
/// Stores messages of channels for clients that disconnect for a while. No failure is an exception: a store is either
/// available or not.
/// </summary>
internal interface IMessageStore
{
    /// <summary>
    /// Stores a message and publishes it to the channel, unless the sender has stored a message with this id before.
    /// </summary>
    public Task<AppendResult> AppendAsync(string channel, string sender, string id, ReadOnlyMemory<byte> message);

    /// <summary>Reads the stored messages of a channel.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="after">The offset after which messages are needed.</param>
    /// <param name="delivered">
    /// A position that the store has had, or null. If the store has lost it, the store begins a new epoch.
    /// </param>
    /// <returns>Null if the store is not available.</returns>
    public Task<ChannelWindow?> ReadAsync(string channel, long after, ChannelPosition? delivered);

    /// <summary>Reads a page of the stored messages of a channel.</summary>
    /// <returns>
    /// The page, whose top is the position of its newest message; null if the store is not available.
    /// </returns>
    // For stores whose messages are in memory; the others read no more than the page.
    public async Task<ChannelWindow?> ReadPageAsync(string channel, PageRequest request) =>
        await ReadAsync(channel, after: 0, delivered: null) is { } window ? request.PageOf(window) : null;
}

/// <summary>The result of storing a message.</summary>
/// <param name="Outcome">Whether the message is stored.</param>
/// <param name="Position">The position of the message, if it is stored.</param>
internal readonly record struct AppendResult(AppendOutcome Outcome, ChannelPosition Position = default)
{
    /// <summary>
    /// Whether the message is the newest of its channel: stored now, or repeated before another one was stored.
    /// </summary>
    public bool IsNewest { get; init; }
}

/// <summary>Whether a message is stored.</summary>
internal enum AppendOutcome
{
    Stored,

    /// <summary>The store is unavailable, and the message is not stored.</summary>
    Unavailable,

    /// <summary>The store failed in the meantime. The sender may repeat the message with the same id.</summary>
    Unknown,

    /// <summary>The store refused: it is full, read-only, or runs no scripts.</summary>
    Refused,

    /// <summary>The message is longer than the bus carries, and is not stored.</summary>
    TooLong,

    /// <summary>This node stores no messages.</summary>
    Unsupported,
}
