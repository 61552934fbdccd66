using System.Net;
using StackExchange.Redis;
using WsBalancer.BackendSample.Redis;

namespace WsBalancer.BackendSample.Tests.Support;

/// <summary>Two nodes over one of the buses; over the local one, the same node twice.</summary>
internal sealed class TestFleet : IAsyncDisposable
{
    private readonly EmbeddedRedis? _embedded;

    private TestFleet(TestNode one, TestNode two, RedisServer? server, EmbeddedRedis? embedded) =>
        (One, Two, Server, _embedded) = (one, two, server, embedded);

    public static TheoryData<string> Buses => ["redis", "embedded", "local"];

    public TestNode One { get; }

    public TestNode Two { get; }

    /// <summary>The redis-server; null over other buses.</summary>
    public RedisServer? Server { get; }

    public static Task<TestFleet> StartAsync(string bus) => StartAsync(bus, TestNode.Options);

    public static async Task<TestFleet> StartAsync(string bus, NodeOptions options)
    {
        var server = bus is "redis" ? await RedisServer.StartAsync() : null;
        var embedded = bus is "embedded" ? EmbeddedRedis.Start(IPAddress.Loopback, 0) : null;
        var one = await TestNode.StartAsync(options with { Redis = server?.Endpoint ?? embedded?.Endpoint });
        var two = bus is "local"
            ? one
            : await TestNode.StartAsync(
                options with { Name = "ws-2", Redis = server?.Endpoint ?? embedded?.Endpoint });
        return new TestFleet(one, two, server, embedded);
    }

    /// <summary>Removes all that is stored.</summary>
    public async Task LoseStoredAsync()
    {
        await using var redis = await ConnectionMultiplexer.ConnectAsync(
            $"{Server?.Endpoint ?? _embedded!.Endpoint},allowAdmin=true");
        await redis.GetDatabase().ExecuteAsync("FLUSHALL");
    }

    public async ValueTask DisposeAsync()
    {
        await One.DisposeAsync();
        if (Two != One)
        {
            await Two.DisposeAsync();
        }

        _embedded?.Dispose();
        if (Server is not null)
        {
            await Server.DisposeAsync();
        }
    }
}
