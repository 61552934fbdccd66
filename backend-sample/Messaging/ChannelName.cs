namespace WsBalancer.BackendSample.Messaging;

/// <summary>Names of the channels between nodes: the same on every node, and visible in <c>redis-cli</c>.</summary>
internal static class ChannelName
{
    private const string UserPrefix = "user:";
    private const string RoomPrefix = "room:";

    public static string User(string user) => UserPrefix + user;

    public static string Room(string room) => RoomPrefix + room;

    /// <summary>Whether the channel belongs to a user and not to a room.</summary>
    public static bool IsUser(string channel) => channel.StartsWith(UserPrefix, StringComparison.Ordinal);

    /// <summary>The room of a channel; null for the channel of a user.</summary>
    public static string? RoomOf(string channel) =>
        channel.StartsWith(RoomPrefix, StringComparison.Ordinal) ? channel[RoomPrefix.Length..] : null;
}
