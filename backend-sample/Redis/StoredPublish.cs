namespace WsBalancer.BackendSample.Redis;

/// <summary>How the script that stores a message publishes the variable <c>frame</c>, as the same step.</summary>
internal sealed record StoredPublish(string Script)
{
    /// <summary>To the subscribers of the channel, on every server of a cluster.</summary>
    public static readonly StoredPublish Channel = new("redis.call('PUBLISH', ARGV[1], frame)");

    /// <summary>Into the stream of the channel's new messages.</summary>
    public static readonly StoredPublish Stream = new(
        """
        redis.call('XADD', KEYS[4], 'MAXLEN', '~', ARGV[3], '*', 'f', frame)
        redis.call('PEXPIRE', KEYS[4], ARGV[4])
        """);

    /// <summary>Not at all: the node publishes the message.</summary>
    public static readonly StoredPublish None = new("");
}
