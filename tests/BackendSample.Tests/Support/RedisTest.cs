using StackExchange.Redis;

namespace WsBalancer.BackendSample.Tests.Support;

/// <summary>A test with a real Redis, whose keys it reads and writes.</summary>
public abstract class RedisTest : IAsyncLifetime
{
    private ConnectionMultiplexer _connection = null!;

    private protected RedisServer Redis { get; private set; } = null!;

    private protected IDatabase Database => _connection.GetDatabase();

    public async ValueTask InitializeAsync()
    {
        Redis = await RedisServer.StartAsync();
        _connection = await ConnectionMultiplexer.ConnectAsync($"{Redis.Endpoint},abortConnect=false,allowAdmin=true");
    }

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        await Redis.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
