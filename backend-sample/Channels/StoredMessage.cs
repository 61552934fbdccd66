using WsBalancer.BackendSample.Messaging;

namespace WsBalancer.BackendSample.Channels;

/// <summary>A stored message of a channel, without its position in its text.</summary>
internal readonly record struct StoredMessage(ChannelPosition Position, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>Whether the text has the braces of a JSON object, to which the position is added.</summary>
    public bool IsObject => Bytes.Span is [(byte)'{', .., (byte)'}'];
}

/// <summary>The stored messages of a channel at one moment.</summary>
/// <param name="Top">The position of the newest message; offset 0 if the epoch has none.</param>
/// <param name="Messages">The newest needed messages in order, without a gap up to the top.</param>
internal sealed record ChannelWindow(ChannelPosition Top, IReadOnlyList<StoredMessage> Messages)
{
    /// <summary>Whether every message after the position is in the window.</summary>
    public bool Covers(ChannelPosition position) =>
        position.Epoch == Top.Epoch
        && position.Offset <= Top.Offset
        && position.Offset >= Top.Offset - Messages.Count;
}
