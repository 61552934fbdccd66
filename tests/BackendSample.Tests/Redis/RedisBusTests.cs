using Microsoft.Extensions.Logging;
using WsBalancer.BackendSample.Channels;
using WsBalancer.BackendSample.Redis;
using WsBalancer.BackendSample.Tests.Support;

namespace WsBalancer.BackendSample.Tests.Redis;

/// <summary>The connection that subscribes, to a server that does not keep to the protocol, and its end.</summary>
public sealed class RedisBusTests : IAsyncLifetime
{
    private readonly FakeRedis _redis = new();
    private readonly FakeLog _log = new();
    private readonly LoggerFactory _loggers;
    private readonly RedisLink _link;
    private readonly RedisBus _bus;

    public RedisBusTests()
    {
        _loggers = new LoggerFactory([_log]);
        _link = new RedisLink(_redis.Endpoint, "ws-1", _loggers.CreateLogger<RedisLink>());
        _bus = new RedisBus(
            _link,
            TestNode.Options,
            new Audience(new LocalStore(new HistoryOptions(), TimeProvider.System)),
            _loggers.CreateLogger<RedisBus>());
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _bus.DisposeAsync();
        await _link.DisposeAsync();
        _redis.Dispose();
        _loggers.Dispose();
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n")]
    [InlineData("*3\r\n$7\r\nmessage\r\n$-7\r\n")]
    [InlineData("*3\r\n$7\r\nmessage\r\n$9223372036854775807\r\n")]
    public async Task BytesOfAnotherProtocol_EndTheConnection_LoggedOnce_AndTheNextOneIsMade(string bytes)
    {
        var losses = 0;
        _bus.Lost += () => Interlocked.Increment(ref losses);
        Assert.True(await _bus.ConnectAsync());

        await _redis.SendAsync(bytes);

        await Deadline.UntilAsync(async () => losses == 1 && await _bus.ConnectAsync(), "the bus is connected again");
        Assert.Equal((1, true), (losses, _link.IsAway));
        Assert.Equal((1, 1), (_log.Count("SubscriberFailed"), _log.Count("RedisIsAway")));
        Assert.True(await _bus.SubscribeAsync("c"));
    }

    [Fact]
    public async Task ACommandWithoutReply_FailsWithTheConnection()
    {
        _redis.SubscribeReply = "*3\r\n%1\r\n";
        Assert.True(await _bus.ConnectAsync());

        Assert.False(await _bus.SubscribeAsync("c").WaitAsync(Deadline.Token));
    }

    [Fact]
    public async Task RefusedSubscribes_AreLoggedOnceForEachConnection_WhichStays()
    {
        _redis.SubscribeReply = "-NOPERM no permissions to access a channel\r\n";
        Assert.True(await _bus.ConnectAsync());

        Assert.False(await _bus.SubscribeAsync("a"));
        Assert.False(await _bus.SubscribeAsync("b"));

        Assert.True(_bus.IsConnected);
        Assert.Equal(1, _log.Count("SubscribeRefused"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AnOrderlyShutdown_LogsNoAbsenceOfRedis(bool isEmbedded)
    {
        await using var redis = await TestRedis.StartAsync(isEmbedded);
        var log = new FakeLog();
        var node = await TestNode.StartAsync(TestNode.Options with { Redis = redis.Endpoint }, log.AddTo);
        using var client = await TestClient.WelcomedAsync(node.Address, "alice");

        await node.DisposeAsync();

        Assert.Equal(0, log.Count("RedisIsAway"));
    }
}
