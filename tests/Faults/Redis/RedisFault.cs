using WsBalancer.EndToEnd.Tests.Fixtures;

namespace WsBalancer.Faults.Tests.Redis;

/// <summary>A fault of a Redis server, with the actions that begin and end it.</summary>
internal sealed record RedisFault(Func<RedisServer, Task> Begin, Func<RedisServer, Task> End)
{
    /// <summary>Redis is killed, and restarts empty.</summary>
    public static RedisFault Killed { get; } = new(static redis => redis.Kill(), static redis => redis.StartEmpty());

    /// <summary>Redis is stopped, and later continues with its data.</summary>
    public static RedisFault Hung { get; } = new(
        static redis =>
        {
            redis.Hang();
            return Task.CompletedTask;
        },
        static redis =>
        {
            redis.Continue();
            return Task.CompletedTask;
        });
}
