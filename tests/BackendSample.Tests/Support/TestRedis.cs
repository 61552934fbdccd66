using System.Net;
using WsBalancer.BackendSample.Redis;

namespace WsBalancer.BackendSample.Tests.Support;

/// <summary>A Redis of either kind, for the tests that both must pass.</summary>
internal sealed class TestRedis : IAsyncDisposable
{
    private readonly RedisServer? _server;
    private readonly EmbeddedRedis? _embedded;

    private TestRedis(RedisServer? server, EmbeddedRedis? embedded) => (_server, _embedded) = (server, embedded);

    public EndPoint Endpoint => _server?.Endpoint ?? _embedded!.Endpoint;

    public static async Task<TestRedis> StartAsync(bool isEmbedded) => isEmbedded
        ? new TestRedis(null, EmbeddedRedis.Start(IPAddress.Loopback, 0))
        : new TestRedis(await RedisServer.StartAsync(), null);

    public async ValueTask DisposeAsync()
    {
        _embedded?.Dispose();
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }
}
