using StackExchange.Redis;
using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Tests.State;

/// <summary>
/// A value that is set aside is replaced once, also while a reply is pending, and again if its replacement was not
/// written. The balancers exchange only when a test does so.
/// </summary>
public sealed class ReplacedOnceTests : IAsyncLifetime
{
    private const string Later = """{"number":99,"writer":"a","news":1}""";

    private static readonly StateKey Weight = StateSample.Weight;
    private static readonly StateKey Drain = StateSample.Drain;

    private RedisServer _redis = null!;

    public async ValueTask InitializeAsync() => _redis = await RedisServer.StartAsync();

    public ValueTask DisposeAsync() => _redis.DisposeAsync();

    [Fact]
    public async Task ValueThatIsReadAgain_WhileTheReplyOfItsReplacementIsPending_IsNotReplacedAgain()
    {
        await using var relay = new SlowRelay(_redis.Address, roundTrip: TimeSpan.Zero);
        await using var balancer = await ReadLaterAsync(relay.Address);
        relay.Hold();
        var exchange = balancer.ExchangeAsync();
        await Deadline.Until("the later value is read again", () => relay.Held == 1);
        var write = balancer.WriteAsync(Weight, StateSample.Of(1));
        await Deadline.Until("the reply of the replacement is pending", () => relay.Held == 2);
        Assert.Contains("\"weight\":1", await InRedisAsync(Weight), StringComparison.Ordinal);
        await WriteAsync(Weight, Later);

        // The exchange judges what it has read before the reply of the replacement.
        relay.ReleaseOne();
        await Deadline.Until("the exchange has judged", () => exchange.IsCompleted || relay.Held == 3);
        relay.ReleaseAll();
        await Task.WhenAll(exchange, write);

        Assert.Equal(Later, await InRedisAsync(Weight));
    }

    [Fact]
    public async Task Replacement_ThatRedisRefusedForAnotherField_IsWrittenByTheNextAttempt()
    {
        await using var balancer = await ReadLaterAsync(_redis.Address);
        await WriteAsync(Drain, StateJson.Write(StateSample.Of(Drain, 1, null, "b-2")));

        await balancer.Store.WriteAsync(
            [new StateChange(Weight, StateSample.Of(1)), new StateChange(Drain, null)],
            TestContext.Current.CancellationToken);

        Assert.Contains("\"weight\":1", await InRedisAsync(Weight), StringComparison.Ordinal);
        Assert.Contains("\"b-1\"", await InRedisAsync(Drain), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replacement_ThatFailed_IsWrittenByALaterExchange()
    {
        await using var balancer = await ReadLaterAsync(_redis.Address);
        await _redis.SaveAsync();
        _redis.Kill();
        Assert.False(await balancer.WriteAsync(Weight, StateSample.Of(1)));
        await _redis.ResumeAsync();
        Assert.Equal(Later, await InRedisAsync(Weight));

        await Deadline.Until("Redis has every record", ExchangedAsync);

        Assert.Contains("\"weight\":1", await InRedisAsync(Weight), StringComparison.Ordinal);

        async Task<bool> ExchangedAsync()
        {
            try
            {
                return await balancer.ExchangeAsync();
            }
            catch (RedisException)
            {
                return false;
            }
        }
    }

    // A held reply must not count as a Redis that does not answer.
    private async Task<SharingBalancer> ReadLaterAsync(string address)
    {
        await WriteAsync(Weight, Later);
        var balancer = new SharingBalancer(new StateOptions { Redis = $"{address},asyncTimeout=60000", Id = "b-1" });
        await balancer.ConnectAsync();
        Assert.True(await balancer.ExchangeAsync());
        return balancer;
    }

    private async Task WriteAsync(StateKey key, string value) =>
        await _redis.Database.HashSetAsync("wsbalancer:state", key.ToString(), value);

    private async Task<string> InRedisAsync(StateKey key) =>
        (await _redis.Database.HashGetAsync("wsbalancer:state", key.ToString())).ToString();
}
