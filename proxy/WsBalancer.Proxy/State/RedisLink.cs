using StackExchange.Redis;

namespace WsBalancer.Proxy.State;

/// <summary>
/// The connection to Redis, and the names of keys and channels in it. While Redis is not available, every request fails
/// at once; the client library reconnects.
/// </summary>
internal sealed class RedisLink(StateOptions options, BalancerName name) : IAsyncDisposable
{
    private readonly ConfigurationOptions _options = Prepare(options, name);
    private ConnectionMultiplexer? _connection;

    /// <summary>The addresses of Redis, without secrets.</summary>
    public string Where => string.Join(", ", _options.EndPoints.Select(EndPointCollection.ToString));

    /// <summary>The configured database of Redis.</summary>
    public IDatabase Database => Connection.GetDatabase();

    public ISubscriber Subscriber => Connection.GetSubscriber();

    /// <summary>The connected servers that are not replicas: only they have keys of their own.</summary>
    public IEnumerable<IServer> Primaries =>
        Connection.GetServers().Where(server => server is { IsConnected: true, IsReplica: false });

    private ConnectionMultiplexer Connection => _connection ?? throw new RedisConnectionException(
        ConnectionFailureType.UnableToConnect, CommandFlags.None, "There has been no connection yet.", null,
        CommandStatus.Unknown);

    /// <summary>The key of this fleet with that name.</summary>
    public RedisKey Key(string rest) => Name(rest);

    /// <summary>The channel of this fleet with that name.</summary>
    public RedisChannel Channel(string rest) => RedisChannel.Literal(Name(rest));

    /// <summary>A name with the prefix of this fleet.</summary>
    public string Name(string rest) => $"{options.Prefix}:{rest}";

    /// <summary>
    /// Connects at the first call. A Redis that is not available is no failure: the client library retries.
    /// </summary>
    public async Task ConnectAsync() => _connection ??= await ConnectionMultiplexer.ConnectAsync(_options);

    public async ValueTask DisposeAsync()
    {
        if (_connection is not null)
        {
            await _connection.DisposeAsync();
        }
    }

    private static ConfigurationOptions Prepare(StateOptions options, BalancerName name)
    {
        var redis = options.ParseRedis() ?? throw new ArgumentException("There is no Redis.", nameof(options));
        var untouched = new ConfigurationOptions();
        redis.ClientName ??= $"wsbalancer:{name.Id}";
        redis.AbortOnConnectFail = false;

        // The details are about thread pools, which do not help an operator.
        redis.IncludeDetailInExceptions = false;

        // No backlog while Redis is disconnected: every exchange is repeated each second, so a request fails at once.
        redis.BacklogPolicy = BacklogPolicy.FailFast;
        redis.ReconnectRetryPolicy = new ExponentialRetry(100, 1000);
        redis.ConnectRetry = 1;
        redis.AsyncTimeout = redis.AsyncTimeout == untouched.AsyncTimeout ? 1000 : redis.AsyncTimeout;
        redis.ConnectTimeout = redis.ConnectTimeout == untouched.ConnectTimeout ? 2000 : redis.ConnectTimeout;
        return redis;
    }
}
