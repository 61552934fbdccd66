using WsBalancer.Proxy.Fleet;

namespace WsBalancer.Proxy.Tests.Admission;

public sealed class SlowStartTests : IAsyncDisposable
{
    private readonly LimitedCluster _cluster =
        new(("HandshakesPerSecondPerNode", "100"), ("SlowStart", "10s"));

    [Fact]
    public async Task NodesOfTheStart_AreNotNew()
    {
        _cluster.App.Time.Advance(TimeSpan.FromSeconds(5));
        _cluster.App.Apply(_cluster.Settings.WithNode("ws-4", "http://ws-4.invalid/"));

        Assert.Equal((100, 100), (await AtOnceAsync("ws-1"), await AtOnceAsync("ws-4")));
    }

    [Fact]
    public async Task NodeThatJoins_BeginsWithATenth_AndTheOthersAreNotLimited()
    {
        _cluster.App.Time.Advance(TimeSpan.FromSeconds(10));
        _cluster.App.Apply(_cluster.Settings.WithNode("ws-4", "http://ws-4.invalid/"));
        Assert.Equal((100, 1), (await AtOnceAsync("ws-1"), await AtOnceAsync("ws-4")));

        _cluster.App.Time.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(100, await AtOnceAsync("ws-4"));
    }

    [Fact]
    public async Task NodeThatRecovers_BeginsWithATenth()
    {
        Set(NodeHealth.Healthy);
        Assert.Equal(100, await AtOnceAsync("ws-1"));
        _cluster.App.Time.Advance(TimeSpan.FromSeconds(5));

        Set(NodeHealth.Unhealthy);
        Set(NodeHealth.Healthy);
        Assert.Equal(1, await AtOnceAsync("ws-1"));

        // A drain does not count as an absence of the node.
        _cluster.App.Time.Advance(TimeSpan.FromSeconds(11));
        _cluster.App.Fleet.SetAnnouncedDrain(_cluster.App.Chat, _cluster.App.Node("ws-1"), true);
        _cluster.App.Fleet.SetAnnouncedDrain(_cluster.App.Chat, _cluster.App.Node("ws-1"), false);
        Assert.Equal(100, await AtOnceAsync("ws-1"));
    }

    [Fact]
    public async Task NodeAtANewAddress_BeginsWithATenth()
    {
        _cluster.App.Apply(_cluster.Settings.WithNode("ws-1", "http://elsewhere.invalid/"));

        Assert.Equal((1, 100), (await AtOnceAsync("ws-1"), await AtOnceAsync("ws-2")));
    }

    [Fact]
    public void Weight_IsNotTouched()
    {
        var before = _cluster.App.Chat.Current.Epoch;

        Set(NodeHealth.Unhealthy);
        Set(NodeHealth.Healthy);

        Assert.Equal((before, 1), (_cluster.App.Chat.Current.Epoch, _cluster.App.Node("ws-1").Weight));
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    private void Set(NodeHealth health) =>
        _cluster.App.Fleet.SetHealth(_cluster.App.Chat, _cluster.App.Node("ws-1"), health, "test");

    // The number of handshakes that the node may receive now without waiting. A handshake that would wait returns its
    // turn.
    private async Task<int> AtOnceAsync(string node)
    {
        for (var count = 0; ; count++)
        {
            using var place = _cluster.EnterAt(node);
            using var disconnected = new CancellationTokenSource();
            var turn = place.TurnAsync(TimeSpan.FromSeconds(10), disconnected.Token);
            if (!turn.IsCompleted)
            {
                await disconnected.CancelAsync();
                await turn;
                return count;
            }

            Assert.Null(await turn);
        }
    }
}
