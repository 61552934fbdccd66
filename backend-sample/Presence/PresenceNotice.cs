using System.Text.Json;
using WsBalancer.BackendSample.Channels;

namespace WsBalancer.BackendSample.Presence;

/// <summary>
/// A notice between nodes that users of a room have changed, without their new state: the receiver reads it later, so
/// that many notices need one read.
/// </summary>
internal static class PresenceNotice
{
    /// <summary>The frame of a notice, for the channel of the room.</summary>
    public static ReadOnlyMemory<byte> Create(IEnumerable<string> users) =>
        ChannelFrame.Presence(JsonSerializer.SerializeToUtf8Bytes(users));

    /// <exception cref="JsonException">The message is not a notice.</exception>
    public static IReadOnlyList<string> Read(ReadOnlyMemory<byte> message) =>
        JsonSerializer.Deserialize<List<string>>(message.Span) ?? [];
}
