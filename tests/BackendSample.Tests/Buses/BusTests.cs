using WsBalancer.BackendSample.Channels;
using WsBalancer.BackendSample.Tests.Support;

namespace WsBalancer.BackendSample.Tests.Buses;

/// <summary>The contract of every bus, whatever carries the messages.</summary>
public sealed class BusTests
{
    private const string Room = "room:a b.*>/\u00e9";

    public static TheoryData<string> All => BusFleet.All;

    public static TheoryData<string> Served => BusFleet.Served;

    [Theory]
    [MemberData(nameof(All))]
    public async Task Messages_ReachMembersOnBothNodes_OnceAndInOrder(string bus)
    {
        await using var fleet = await BusFleet.StartAsync(bus);
        var one = await BusMember.JoinAsync(fleet.One, Room);
        var two = await BusMember.JoinAsync(fleet.Two, Room);

        for (var number = 1; number <= 500; number++)
        {
            Assert.Equal(PublishOutcome.Published, await one.PublishAsync(number));
            Assert.Equal(AppendOutcome.Stored, (await one.StoreAsync(number + 1000)).Outcome);
        }

        // Whatever returns to the first node is there before this one, and each is received once.
        await two.PublishAsync(0);
        await one.UntilReceivedAsync(0);
        await two.UntilReceivedAsync(1500);
        Assert.Equal(Enumerable.Range(1, 500), one.Received.Where(number => number is > 0 and < 1000));
        Assert.Equal(Enumerable.Range(1, 500), two.Received.Where(number => number is > 0 and < 1000));
        Assert.Equal(Enumerable.Range(1001, 500), one.Received.Where(number => number > 1000));
        Assert.Equal(Enumerable.Range(1001, 500), two.Received.Where(number => number > 1000));
        Assert.Equal((1001, 1001), (one.Received.Count, two.Received.Count));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task OwnMessage_OnItsNode_IsReceivedBeforeThePublishReturns_AndNotAgain(string bus)
    {
        await using var fleet = await BusFleet.StartAsync(bus);
        var one = await BusMember.JoinAsync(fleet.One, Room);
        var two = await BusMember.JoinAsync(fleet.Two, Room);

        var publish = one.PublishAsync(1);
        Assert.Equal([1], one.Received);
        await publish;

        await two.UntilReceivedAsync(1);
        await two.PublishAsync(2);
        await one.UntilReceivedAsync(2);
        Assert.Equal([1, 2], one.Received);
        Assert.Equal([1, 2], two.Received);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task MemberThatJoinsAndLeaves_UnderTraffic_ReceivesEveryMessageAfterItsJoin(string bus)
    {
        await using var fleet = await BusFleet.StartAsync(bus);
        var one = await BusMember.JoinAsync(fleet.One, Room);
        using var stop = new CancellationTokenSource();
        var traffic = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await one.PublishAsync(0);
            }
        }, TestContext.Current.CancellationToken);

        for (var number = 1; number <= 100; number++)
        {
            var two = await BusMember.JoinAsync(fleet.Two, Room);
            await one.PublishAsync(number);
            await two.UntilReceivedAsync(number);
            await two.LeaveAsync();
            Assert.Single(two.Received, number);
        }

        await stop.CancelAsync();
        await traffic;
        Assert.Equal(bus is "local" ? 1 : 0, fleet.Two.Subscriptions.Count);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task BurstOfStoredMessages_IsReceivedWithoutLoss(string bus)
    {
        await using var fleet = await BusFleet.StartAsync(bus);
        var one = await BusMember.JoinAsync(fleet.One, Room);
        var two = await BusMember.JoinAsync(fleet.Two, Room);

        var stored = new List<(int Number, AppendResult Result)>();
        foreach (var batch in Enumerable.Range(1, 10_000).Chunk(500))
        {
            stored.AddRange(await Task.WhenAll(batch.Select(async number => (number, await one.StoreAsync(number)))));
        }

        Assert.All(stored, message => Assert.Equal(AppendOutcome.Stored, message.Result.Outcome));
        var numbers = stored.OrderBy(message => message.Result.Position.Offset).Select(message => message.Number);
        await two.UntilReceivedAsync(stored.Count, "messages");
        await one.UntilReceivedAsync(stored.Count, "messages");
        Assert.Equal(numbers, two.Received);
        Assert.Equal(numbers, one.Received);
    }

    [Theory]
    [MemberData(nameof(Served))]
    public async Task ServerThatIsRestarted_IsUsedAgain_WithTheSameChannels(string bus)
    {
        await using var fleet = await BusFleet.StartAsync(bus);
        var one = await BusMember.JoinAsync(fleet.One, Room);
        var two = await BusMember.JoinAsync(fleet.Two, Room);
        await one.StoreAsync(1);
        await two.UntilReceivedAsync(1);

        fleet.Kill();
        await Deadline.UntilAsync(() => !fleet.One.Bus.Status.IsAvailable, "the loss is noted");
        Assert.Equal(PublishOutcome.LocalOnly, await one.PublishAsync(2));
        Assert.Contains(2, one.Received);
        await fleet.ResumeAsync();

        await Deadline.UntilAsync(
            () => fleet.One.Bus.Status.IsAvailable && fleet.Two.Bus.Status.IsAvailable, "both nodes use the server");
        Assert.Equal(PublishOutcome.Published, await one.PublishAsync(3));
        Assert.Equal(AppendOutcome.Stored, (await one.StoreAsync(4)).Outcome);
        await two.UntilReceivedAsync(3);
        await two.UntilReceivedAsync(4);
        Assert.Single(two.Received, 3);
        Assert.Single(two.Received, 4);
        Assert.DoesNotContain(2, two.Received);
        await two.PublishAsync(5);
        await one.UntilReceivedAsync(5);
    }

    [Theory]
    [InlineData("redis")]
    [InlineData("redis-streams")]
    [InlineData("nats")]
    public async Task RedisThatHasLostDeliveredMessages_IsNoticedOnEveryNode_AndLaterOnesAreReceived(string bus)
    {
        await using var fleet = await BusFleet.StartAsync(bus);
        var one = await BusMember.JoinAsync(fleet.One, Room);
        var two = await BusMember.JoinAsync(fleet.Two, Room);
        await one.StoreAsync(1);
        fleet.Redis.Save();
        await one.StoreAsync(2);
        await one.StoreAsync(3);
        await one.UntilReceivedAsync(3);
        await two.UntilReceivedAsync(3);

        fleet.Redis.KillAndUndo();
        await Deadline.UntilAsync(() => fleet.Log.Count("RedisIsAway") == 2, "the loss is noted");
        await fleet.Redis.ResumeAsync();
        await one.UntilReceivedAsync(BusMember.Gap);
        await two.UntilReceivedAsync(BusMember.Gap);
        await one.StoreAsync(4);

        await one.UntilReceivedAsync(4);
        await two.UntilReceivedAsync(4);
        Assert.Equal([1, 2, 3, BusMember.Gap, 4], one.Received);
        Assert.Equal([1, 2, 3, BusMember.Gap, 4], two.Received);
    }
}
