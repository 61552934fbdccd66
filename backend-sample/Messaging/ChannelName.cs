namespace WsBalancer.BackendSample.Messaging;

/// <summary>Names of the channels between nodes: the same on every node, and visible in <c>redis-cli</c>.</summary>
internal static class ChannelName
{
    public static string User(string user) => $"user:{user}";

    public static string Room(string room) => $"room:{room}";
}
