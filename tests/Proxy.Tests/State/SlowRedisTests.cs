using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Tests.State;

/// <summary>Balancers with a high latency to Redis. A change waits one second for Redis.</summary>
public sealed class SlowRedisTests : IAsyncLifetime
{
    private RedisServer _redis = null!;

    public async ValueTask InitializeAsync() => _redis = await RedisServer.StartAsync();

    public ValueTask DisposeAsync() => _redis.DisposeAsync();

    [Fact]
    public async Task Changes_OneAfterTheOther_AreShared()
    {
        // Three round trips are in time, four are not, and a quarter of a second is left for a busy machine.
        await using var relay = new SlowRelay(_redis.Address, roundTrip: TimeSpan.FromSeconds(0.25));
        await using var one = await StartAsync(relay, "b-1");
        await using var two = await StartAsync(relay, "b-2");

        for (var i = 1; i <= 6; i++)
        {
            Assert.True(await one.WriteAsync(StateSample.Weight, StateSample.Of(i)), $"Change {i} was not shared.");
        }

        await two.UntilFound(StateSample.Weight, StateSample.Of(6));
    }

    [Fact]
    public async Task ChangeOfWhatAnotherBalancerHasJustChanged_IsShared()
    {
        await using var relay = new SlowRelay(_redis.Address, roundTrip: TimeSpan.FromSeconds(0.2));
        await using var one = await StartAsync(relay, "b-1");
        await using var two = await StartAsync(relay, "b-2");

        var both = await Task.WhenAll(
            one.WriteAsync(StateSample.Weight, StateSample.Of(1)),
            two.WriteAsync(StateSample.Weight, StateSample.Of(2)));

        Assert.Equal([true, true], both);
        await one.UntilFound(StateSample.Weight, StateSample.Of(2));
        await two.UntilFound(StateSample.Weight, StateSample.Of(2));
    }

    private static async Task<SharingBalancer> StartAsync(SlowRelay relay, string id)
    {
        var balancer = new SharingBalancer(new StateOptions { Redis = relay.Address, Id = id });
        await balancer.StartAsync();
        await Deadline.Until($"{id} has exchanged once", () => balancer.Membership.Nodes is not null);
        return balancer;
    }
}
