using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;
using WsBalancer.BackendSample.Channels;
using WsBalancer.BackendSample.Messaging;
using WsBalancer.BackendSample.Redis;
using WsBalancer.BackendSample.Tests.Support;

namespace WsBalancer.BackendSample.Tests.Redis;

/// <summary>The scripts that store and read messages, in streams and in lists.</summary>
public abstract class RedisStoreTests(bool isEmbedded) : IAsyncLifetime
{
    private const string Channel = "room:r";
    private const string Top = "ws:{room:r}:top";
    private const string Messages = "ws:{room:r}:messages";
    private const string FirstId = "ws:{room:r}:id:5:alice:m1";

    private readonly HistoryOptions _history = new() { Size = 3, Lifetime = TimeSpan.FromMinutes(1) };
    private readonly FakeLog _log = new();
    private LoggerFactory _loggers = null!;
    private TestRedis _redis = null!;
    private RedisLink _link = null!;
    private RedisStore _store = null!;

    public async ValueTask InitializeAsync()
    {
        _loggers = new LoggerFactory([_log]);
        _redis = await TestRedis.StartAsync(isEmbedded);
        _link = new RedisLink(_redis.Endpoint, "test", _loggers.CreateLogger<RedisLink>());
        await _link.ConnectAsync();
        _store = new RedisStore(_link, _history, _loggers.CreateLogger<RedisStore>(), StoredPublish.Channel);
    }

    public async ValueTask DisposeAsync()
    {
        await _link.DisposeAsync();
        await _redis.DisposeAsync();
        _loggers.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task ARead_ReturnsTheMessagesAfterTheOffset_UpToTheSizeOfTheHistory()
    {
        var last = await AppendAsync(1, 2, 3, 4, 5);

        Assert.Equal((last, "5"), await ReadAsync(after: 4));
        Assert.Equal((last, "3 4 5"), await ReadAsync(after: 0));
        Assert.Equal((last, ""), await ReadAsync(after: 5));
        Assert.Equal((last, ""), await ReadAsync(after: 1L << 52));
    }

    [Fact]
    public async Task AReadOfAnEmptyChannel_BeginsTheEpochOfItsMessages()
    {
        var (empty, _) = await ReadAsync(after: 0);

        Assert.Equal(0, empty.Offset);
        Assert.Equal(empty with { Offset = 1 }, await AppendAsync(1));
    }

    [Fact]
    public async Task AReadWithAPositionThatTheStoreHas_KeepsTheEpoch()
    {
        var last = await AppendAsync(1, 2);

        Assert.Equal((last, "1 2"), await ReadAsync(after: 0, last));
        Assert.Equal((last, "1 2"), await ReadAsync(after: 0, new ChannelPosition("other", 9)));
        Assert.Equal(last with { Offset = 3 }, await AppendAsync(3));
    }

    [Fact]
    public async Task AReadWithAPositionThatTheStoreHasLost_BeginsANewEpochWithoutMessages()
    {
        var last = await AppendAsync(1, 2);

        var (top, messages) = await ReadAsync(after: 0, last with { Offset = 3 });

        Assert.NotEqual(last.Epoch, top.Epoch);
        Assert.Equal((0, ""), (top.Offset, messages));
        Assert.Equal(top with { Offset = 1 }, await AppendAsync(3));
        Assert.Equal((top with { Offset = 1 }, "3"), await ReadAsync(after: 0));
    }

    [Fact]
    public async Task Keys_ExpireAfterTheirOwnLifetimes()
    {
        await AppendAsync(1);

        await AssertExpiryAsync(Messages, _history.Lifetime);
        await AssertExpiryAsync(FirstId, _history.IdLifetime);
        await AssertExpiryAsync(Top, _history.EpochLifetime);
    }

    [Fact]
    public async Task ExpiredMessages_LeaveThePosition_AndTheIds()
    {
        var last = await AppendAsync(1, 2);
        await _link.Keys.KeyDeleteAsync(Messages);

        Assert.Equal((last, ""), await ReadAsync(after: 0, last));
        Assert.Equal(last with { Offset = 1 }, await AppendAsync(1));
        Assert.Equal(last with { Offset = 3 }, await AppendAsync(3));
        Assert.Equal((last with { Offset = 3 }, "3"), await ReadAsync(after: 0));
    }

    [Fact]
    public async Task ARepeatedMessage_IsTheNewest_UntilAnotherOneIsStored()
    {
        const string Message = """{"data":1}""";

        Assert.True((await StoreAsync("m1", Message)).IsNewest);
        Assert.True((await StoreAsync("m1", Message)).IsNewest);
        Assert.True((await StoreAsync("m2", Message)).IsNewest);
        Assert.False((await StoreAsync("m1", Message)).IsNewest);
    }

    [Fact]
    public async Task AServerThatHasLostTheScripts_GetsThemAgain()
    {
        // The connection of the store would note its own command, and send the scripts in full.
        await using var other = await ConnectionMultiplexer.ConnectAsync($"{_redis.Endpoint}");
        var last = await AppendAsync(1);
        await ReadAsync(after: 0);

        await other.GetDatabase().ExecuteAsync("SCRIPT", "FLUSH");
        Assert.Equal(last with { Offset = 2 }, await AppendAsync(2));
        await other.GetDatabase().ExecuteAsync("SCRIPT", "FLUSH");
        Assert.Equal((last with { Offset = 2 }, "1 2"), await ReadAsync(after: 0));
    }

    [Fact]
    public async Task AMessageOfAnotherProgram_IsMissing_WithThoseBeforeIt()
    {
        await AppendAsync(1);
        var position = await StoreAsync("m2", "no object");
        var last = await AppendAsync(3);

        Assert.Equal((position.Position with { Offset = 3 }, "3"), await ReadAsync(after: 0));
        Assert.Equal(3, last.Offset);
    }

    [Fact]
    public async Task ARefusal_IsReported_AndLoggedOnceUntilAMessageIsStored()
    {
        await _link.Keys.StringSetAsync("ws:{full}:top", "not a hash");

        for (var refusal = 0; refusal < 3; refusal++)
        {
            var result = await _store.AppendAsync("full", "alice", "m1", FakeStore.Message(1));
            Assert.Equal(AppendOutcome.Refused, result.Outcome);
        }

        Assert.Null(await _store.ReadAsync("full", after: 0, delivered: null));
        Assert.Equal(1, _log.Count("StoreRefused"));
        Assert.False(_link.IsAway);
        await AppendAsync(1);
        await _store.AppendAsync("full", "alice", "m1", FakeStore.Message(1));
        Assert.Equal(2, _log.Count("StoreRefused"));
    }

    private async Task<ChannelPosition> AppendAsync(params int[] numbers)
    {
        var last = default(ChannelPosition);
        foreach (var number in numbers)
        {
            var result = await StoreAsync($"m{number}", $$"""{"data":{{number}}}""");
            Assert.Equal(AppendOutcome.Stored, result.Outcome);
            last = result.Position;
        }

        return last;
    }

    private Task<AppendResult> StoreAsync(string id, string message) =>
        _store.AppendAsync(Channel, "alice", id, Encoding.UTF8.GetBytes(message));

    private async Task<(ChannelPosition Top, string Messages)> ReadAsync(long after, ChannelPosition? delivered = null)
    {
        var window = await _store.ReadAsync(Channel, after, delivered);
        var first = window!.Top.Offset - window.Messages.Count + 1;
        Assert.Equal(
            Enumerable.Range(0, window.Messages.Count).Select(index => window.Top with { Offset = first + index }),
            window.Messages.Select(message => message.Position));
        return (window.Top, string.Join(' ', window.Messages.Select(message =>
            JsonElement.Parse(message.Bytes.Span).GetProperty("data").GetInt32())));
    }

    private async Task AssertExpiryAsync(string key, TimeSpan lifetime) =>
        Assert.InRange(
            (await _link.Keys.KeyTimeToLiveAsync(key))!.Value, lifetime - TimeSpan.FromSeconds(30), lifetime);
}

public sealed class RedisStoreOnServerTests() : RedisStoreTests(isEmbedded: false);

public sealed class RedisStoreOnEmbeddedTests() : RedisStoreTests(isEmbedded: true);
