using StackExchange.Redis;
using WsBalancer.BackendSample.Channels;
using WsBalancer.BackendSample.Tests.Support;

namespace WsBalancer.BackendSample.Tests.Buses;

public sealed class StreamBusTests
{
    [Fact]
    public async Task ANodeThatLosesItsConnection_ContinuesAtTheSameMessage()
    {
        await using var fleet = await BusFleet.StartAsync("redis-streams");
        var one = await BusMember.JoinAsync(fleet.One, "room:r");
        var two = await BusMember.JoinAsync(fleet.Two, "room:r");

        for (var number = 1; number <= 1000; number++)
        {
            if (number % 250 == 0)
            {
                await fleet.Redis.DropClientsAsync("ws-2:streams");
            }

            Assert.Equal(PublishOutcome.Published, await one.PublishAsync(number));
        }

        await two.UntilReceivedAsync(1000);
        Assert.Equal(Enumerable.Range(1, 1000), two.Received);
        Assert.NotEqual(0, fleet.Log.Count("RedisIsAway"));
    }

    [Fact]
    public async Task TheStreamOfAChannel_IsShort_AndExpires()
    {
        const int Size = 100;
        await using var fleet = await BusFleet.StartAsync("redis-streams", Size);
        var published = await BusMember.JoinAsync(fleet.One, "room:r");
        var stored = await BusMember.JoinAsync(fleet.One, "room:s");
        for (var number = 0; number < 5 * Size; number++)
        {
            await published.PublishAsync(number);
            await stored.StoreAsync(number);
        }

        // Redis removes whole blocks of a hundred entries.
        await using var redis = await ConnectionMultiplexer.ConnectAsync($"{fleet.Redis.Endpoint}");
        Assert.InRange(await redis.GetDatabase().StreamLengthAsync("ws:{room:r}:live"), Size, 3 * Size);
        Assert.InRange(await redis.GetDatabase().StreamLengthAsync("ws:{room:s}:live"), Size, 3 * Size);
        Assert.InRange(
            (await redis.GetDatabase().KeyTimeToLiveAsync("ws:{room:r}:live"))!.Value,
            TimeSpan.FromMinutes(1),
            TimeSpan.FromMinutes(5));
    }
}
