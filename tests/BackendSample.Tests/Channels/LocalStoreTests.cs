using Microsoft.Extensions.Time.Testing;
using WsBalancer.BackendSample.Channels;

namespace WsBalancer.BackendSample.Tests.Channels;

public sealed class LocalStoreTests
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(1);

    private readonly FakeTimeProvider _time = new();
    private readonly HistoryOptions _history = new() { Lifetime = Lifetime, Size = 3 };
    private readonly LocalStore _store;

    public LocalStoreTests() => _store = new LocalStore(_history, _time);

    [Fact]
    public async Task AQuietChannel_LosesItsMessages_ButNotItsPosition()
    {
        var first = await AppendAsync("room:a", "1");
        _time.Advance(Lifetime);

        var window = await _store.ReadAsync("room:a", after: 0, delivered: null);
        var second = await AppendAsync("room:a", "2");

        Assert.Equal(first.Position, window!.Top);
        Assert.Empty(window.Messages);
        Assert.Equal(first.Position with { Offset = 2 }, second.Position);
    }

    [Fact]
    public async Task ARead_ReturnsNoExpiredMessage_EvenBetweenTwoScans()
    {
        await AppendAsync("room:a", "1");
        _time.Advance(Lifetime / 2);
        await AppendAsync("room:a", "2");
        _time.Advance(Lifetime / 2);
        await AppendAsync("room:b", "1");
        _time.Advance(Lifetime / 2);

        var window = await _store.ReadAsync("room:a", after: 0, delivered: null);

        Assert.Equal(2, window!.Top.Offset);
        Assert.Empty(window.Messages);
    }

    [Fact]
    public async Task AnId_IsKnownLongerThanItsMessage_AndThenForgotten()
    {
        var first = await AppendAsync("room:a", "1");
        for (var number = 2; number <= 9; number++)
        {
            await AppendAsync("room:a", $"{number}");
        }

        _time.Advance(_history.IdLifetime - TimeSpan.FromTicks(1));
        Assert.Equal(first, await AppendAsync("room:a", "1"));
        _time.Advance(TimeSpan.FromTicks(1));

        Assert.Equal(first.Position with { Offset = 10 }, (await AppendAsync("room:a", "1")).Position);
    }

    [Fact]
    public async Task AChannelThatIsQuietForTheLifetimeOfItsEpoch_BeginsANewOne()
    {
        var first = await AppendAsync("room:a", "1");
        _time.Advance(_history.EpochLifetime);

        var window = await _store.ReadAsync("room:a", after: 0, delivered: null);
        var second = await AppendAsync("room:a", "2");

        Assert.NotEqual(first.Position.Epoch, second.Position.Epoch);
        Assert.Equal(second.Position with { Offset = 0 }, window!.Top);
        Assert.Equal(1, second.Position.Offset);
    }

    [Fact]
    public async Task AChannelInUse_IsKept_AndQuietOnesAreFreed()
    {
        var first = await AppendAsync("room:a", "1");
        await AppendAsync("room:b", "1");
        for (var half = 2; half < 10; half++)
        {
            _time.Advance(_history.EpochLifetime / 2);
            await AppendAsync("room:a", $"{half}");
        }

        var last = await AppendAsync("room:a", "10");

        Assert.Equal(first.Position with { Offset = 10 }, last.Position);
        Assert.Equal(1, _store.Count);
    }

    [Fact]
    public async Task AReadOfAnEmptyChannel_CreatesNoLog_AndItsPositionStaysValid()
    {
        var window = await _store.ReadAsync("room:a", after: 0, delivered: null);
        Assert.Equal(0, _store.Count);

        Assert.Equal(window!.Top with { Offset = 1 }, (await AppendAsync("room:a", "1")).Position);
    }

    private Task<AppendResult> AppendAsync(string channel, string id) =>
        _store.AppendAsync(channel, "alice", id, """{"data":1}"""u8.ToArray());
}
