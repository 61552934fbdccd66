using WsBalancer.Proxy.Fleet;

namespace WsBalancer.Proxy.Tests.Fleet;

/// <summary>
/// Changes of one cluster run one at a time, and only if the epoch is the one that their caller has seen.
/// </summary>
public sealed class FleetTurnTests : IAsyncDisposable
{
    private readonly BalancerApp _app = BalancerApp.Build(ChatSettings.OfNodes("ws-1", "ws-2"));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private FleetChanges Changes => _app.Get<FleetChanges>();

    [Fact]
    public async Task Epoch_ThatIsOld_IsStale()
    {
        await Changes.ReweighAsync(_app.Chat, "ws-1", 2, ifEpoch: 1, Cancellation);

        var refusal = await Assert.ThrowsAsync<RefusedException>(
            () => Changes.ReweighAsync(_app.Chat, "ws-1", 3, ifEpoch: 1, Cancellation));
        Assert.Equal(RefusalKind.Stale, refusal.Kind);
        Assert.StartsWith(
            "If-Match is 1, and cluster 'chat' is at epoch 2", refusal.Message, StringComparison.Ordinal);

        // The failed change has released its turn.
        await Changes.ReweighAsync(_app.Chat, "ws-1", 4, ifEpoch: 2, Cancellation);
        Assert.Equal(3, _app.Chat.Current.Epoch);
    }

    [Fact]
    public async Task TwoAtOnce_RunOneAfterTheOther()
    {
        var turn = await _app.Chat.EnterAsync(null, Cancellation);
        var one = Changes.ReweighAsync(_app.Chat, "ws-1", 2, ifEpoch: 1, Cancellation);
        var other = Changes.ReweighAsync(_app.Chat, "ws-2", 2, ifEpoch: 1, Cancellation);
        Assert.Equal((false, false, 1), (one.IsCompleted, other.IsCompleted, _app.Chat.Current.Epoch));

        // A second disposal has no effect.
        turn.Dispose();
        turn.Dispose();

        await one;
        Assert.Equal(RefusalKind.Stale, (await Assert.ThrowsAsync<RefusedException>(() => other)).Kind);
        Assert.Equal([2, 1], _app.Chat.Current.Nodes.Select(node => node.Weight));
    }

    [Fact]
    public async Task Waiting_CanBeGivenUp()
    {
        using var turn = await _app.Chat.EnterAsync(null, Cancellation);
        using var impatience = new CancellationTokenSource();
        var change = Changes.ReweighAsync(_app.Chat, "ws-1", 2, null, impatience.Token);

        await impatience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => change);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
