using Microsoft.Extensions.Time.Testing;
using WsBalancer.BackendSample.Channels;

namespace WsBalancer.BackendSample.Tests.Channels;

public sealed class LocalStoreTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly LocalStore _store;

    public LocalStoreTests() =>
        _store = new LocalStore(new HistoryOptions { Lifetime = TimeSpan.FromMinutes(1) }, _time);

    [Fact]
    public async Task AQuietChannel_IsForgotten_AndReturnsWithANewEpoch()
    {
        var first = await AppendAsync("room:a", "1");
        _time.Advance(TimeSpan.FromMinutes(1));

        var second = await AppendAsync("room:a", "2");

        Assert.Equal(1, second.Position.Offset);
        Assert.NotEqual(first.Position.Epoch, second.Position.Epoch);
    }

    [Fact]
    public async Task AChannelInUse_IsKept_AndQuietOnesAreFreed()
    {
        var first = await AppendAsync("room:a", "1");
        await AppendAsync("room:b", "1");
        for (var half = 2; half < 10; half++)
        {
            _time.Advance(TimeSpan.FromSeconds(30));
            await AppendAsync("room:a", $"{half}");
        }

        var last = await AppendAsync("room:a", "10");

        Assert.Equal(first.Position with { Offset = 10 }, last.Position);
        Assert.Equal(1, _store.Count);
    }

    private Task<AppendResult> AppendAsync(string channel, string id) =>
        _store.AppendAsync(channel, "alice", id, "{}"u8.ToArray());
}
