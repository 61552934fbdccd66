namespace WsBalancer.BackendSample.Messaging;

/// <summary>Names of the channels between nodes: the same on every node, and what <c>redis-cli</c> shows.</summary>
internal static class ChannelName
{
    public static string User(string user) => $"user:{user}";

    public static string Room(string room) => $"room:{room}";
}
