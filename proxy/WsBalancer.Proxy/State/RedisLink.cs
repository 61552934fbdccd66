using StackExchange.Redis;

namespace WsBalancer.Proxy.State;

/// <summary>
/// The connection to Redis, and the names of what is in it. While Redis is away everything fails at once; the client
/// library connects again by itself.
/// </summary>
internal sealed class RedisLink(StateOptions options, BalancerName name) : IAsyncDisposable
{
    private readonly ConfigurationOptions _options = Prepare(options, name);
    private ConnectionMultiplexer? _connection;

    /// <summary>Where it is, without what is secret.</summary>
    public string Where => string.Join(", ", _options.EndPoints.Select(EndPointCollection.ToString));

    /// <summary>Which database of it.</summary>
    public IDatabase Database => Connection.GetDatabase();

    public ISubscriber Subscriber => Connection.GetSubscriber();

    /// <summary>The servers that have keys of their own.</summary>
    public IEnumerable<IServer> Primaries =>
        Connection.GetServers().Where(server => server is { IsConnected: true, IsReplica: false });

    private ConnectionMultiplexer Connection => _connection ?? throw new RedisConnectionException(
        ConnectionFailureType.UnableToConnect, CommandFlags.None, "There has been no connection yet.", null,
        CommandStatus.Unknown);

    /// <summary>The key of something that is this fleet's.</summary>
    public RedisKey Key(string rest) => Name(rest);

    /// <summary>The channel of something that is this fleet's.</summary>
    public RedisChannel Channel(string rest) => RedisChannel.Literal(Name(rest));

    /// <summary>The name of something that is this fleet's.</summary>
    public string Name(string rest) => $"{options.Prefix}:{rest}";

    /// <summary>Makes the connection, if there never was one. A Redis that is away is no failure.</summary>
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

        // The state of thread pools says nothing to an operator.
        redis.IncludeDetailInExceptions = false;

        // What is not sent within a second is not worth sending: it is all said again in the next one.
        redis.BacklogPolicy = BacklogPolicy.FailFast;
        redis.ReconnectRetryPolicy = new ExponentialRetry(100, 1000);
        redis.ConnectRetry = 1;
        redis.AsyncTimeout = redis.AsyncTimeout == untouched.AsyncTimeout ? 1000 : redis.AsyncTimeout;
        redis.ConnectTimeout = redis.ConnectTimeout == untouched.ConnectTimeout ? 2000 : redis.ConnectTimeout;
        return redis;
    }
}
