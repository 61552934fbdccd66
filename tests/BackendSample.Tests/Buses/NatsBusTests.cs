using System.Text;
using WsBalancer.BackendSample.Channels;
using WsBalancer.BackendSample.Nats;
using WsBalancer.BackendSample.Serving;
using WsBalancer.BackendSample.Tests.Support;

namespace WsBalancer.BackendSample.Tests.Buses;

public sealed class NatsBusTests
{
    [Theory]
    [InlineData("room:lobby", "ws.room.lobby")]
    [InlineData("room:a.b *>", "ws.room.a=2Eb=20=2A=3E")]
    [InlineData("user:=s\u00e9", "ws.user.=3Ds=C3=A9")]
    public void Subject_OfAnyChannel_HasNoCharacterOfTheProtocol(string channel, string subject) =>
        Assert.Equal(subject, NatsSubject.Of(channel));

    [Fact]
    public void Subject_OfTheLongestName_FitsInALineOfTheProtocol()
    {
        var one = NatsSubject.Of("user:" + new string('\u20ac', 1024));
        var two = NatsSubject.Of("user:" + new string('\u20ac', 1023));

        Assert.True(one.Length < 1024);
        Assert.NotEqual(one, two);
    }

    [Fact]
    public async Task MessagesStoredWhileNatsIsAway_AreReceivedWhenItReturns_WithoutAnother()
    {
        await using var fleet = await BusFleet.StartAsync("nats");
        var one = await BusMember.JoinAsync(fleet.One, "room:r");
        var two = await BusMember.JoinAsync(fleet.Two, "room:r");
        await one.StoreAsync(1);
        await two.UntilReceivedAsync(1);
        fleet.Kill();
        await Deadline.UntilAsync(
            () => !fleet.One.Bus.Status.IsAvailable && !fleet.Two.Bus.Status.IsAvailable, "the loss is noted");

        Assert.Equal(AppendOutcome.Stored, (await one.StoreAsync(2)).Outcome);
        Assert.Equal(AppendOutcome.Stored, (await one.StoreAsync(3)).Outcome);
        await fleet.ResumeAsync();

        await two.UntilReceivedAsync(3);
        Assert.Equal([1, 2, 3], two.Received);
        await one.UntilReceivedAsync(3);
        Assert.Equal([1, 2, 3], one.Received);
    }

    [Fact]
    public async Task AServerThatHangs_CountsAsAway_AndIsUsedWhenItAnswers()
    {
        await using var fleet = await BusFleet.StartAsync("nats");
        var one = await BusMember.JoinAsync(fleet.One, "room:r");
        var two = await BusMember.JoinAsync(fleet.Two, "room:r");

        await fleet.Nats!.HangAsync();
        await Deadline.UntilAsync(() => !fleet.One.Bus.Status.IsAvailable, "the hang is noted");
        Assert.False(await fleet.One.Subscriptions.AcquireAsync("room:other"));
        await fleet.Nats.WakeAsync();

        await Deadline.UntilAsync(
            () => fleet.One.Bus.Status.IsAvailable && fleet.Two.Bus.Status.IsAvailable, "both nodes use the server");
        await one.PublishAsync(1);
        await two.UntilReceivedAsync(1);
    }

    [Fact]
    public async Task RedisThatIsAway_IsUsedAgain_AndNotNeededForOtherMessages()
    {
        await using var fleet = await BusFleet.StartAsync("nats");
        var one = await BusMember.JoinAsync(fleet.One, "room:r");
        var two = await BusMember.JoinAsync(fleet.Two, "room:r");

        fleet.Redis.Kill();
        await Deadline.UntilAsync(() => fleet.Log.Count("RedisIsAway") == 2, "the loss is noted");
        Assert.Equal(AppendOutcome.Unavailable, (await one.StoreAsync(1)).Outcome);
        Assert.Equal(PublishOutcome.Published, await one.PublishAsync(2));
        await two.UntilReceivedAsync(2);
        await fleet.Redis.ResumeAsync();

        await Deadline.UntilAsync(() => fleet.Log.Count("RedisIsBack") == 2, "the return is noted");
        Assert.Equal(AppendOutcome.Stored, (await one.StoreAsync(3)).Outcome);
        await two.UntilReceivedAsync(3);
    }

    [Fact]
    public async Task ALongerMessageThanNatsCarries_IsRefused_AndNotStored()
    {
        await using var fleet = await BusFleet.StartAsync("nats");
        var message = new byte[2 * 1024 * 1024];

        Assert.Equal(PublishOutcome.TooLong, await fleet.One.Bus.PublishAsync("room:r", message));
        Assert.Equal(
            AppendOutcome.TooLong, (await fleet.One.Store.AppendAsync("room:r", "alice", "1", message)).Outcome);
        Assert.True(fleet.One.Bus.Status.IsAvailable);
    }

    [Fact]
    public async Task APage_IsReadWithoutTheOtherMessages()
    {
        const int Messages = 20;
        await using var fleet = await BusFleet.StartAsync("nats");
        var message = Encoding.UTF8.GetBytes($$"""{"data":"{{new string('x', 100_000)}}"}""");
        for (var number = 1; number <= Messages; number++)
        {
            var stored = await fleet.One.Store.AppendAsync("room:r", "alice", $"{number}", message);
            Assert.Equal(AppendOutcome.Stored, stored.Outcome);
        }

        var before = await fleet.Redis.CountSentBytesAsync();
        var page = await fleet.One.Store.ReadPageAsync("room:r", new PageRequest(Before: 5, 1, message.Length));
        var sent = await fleet.Redis.CountSentBytesAsync() - before;

        Assert.Equal(4, Assert.Single(page!.Messages).Position.Offset);
        Assert.InRange(sent, message.Length, Messages / 2 * message.Length);
    }

    [Fact]
    public async Task ANodeWithoutRedis_RefusesMessagesWithAnId_AndCarriesOthers()
    {
        await using var nats = await NatsServer.StartAsync();
        await using var one = await TestNode.StartAsync(TestNode.Options with { Nats = nats.Endpoint });
        await using var two = await BusHost.StartAsync(
            TestNode.Options with { Name = "ws-2", Nats = nats.Endpoint }, Deadline.Token);
        using var alice = await TestClient.WelcomedAsync(one.Address, "alice");
        await alice.SendAsync("""{"type":"join","room":"r","since":null}""");
        Assert.StartsWith(
            """{"type":"joined","room":"r","epoch":""", await alice.ReceiveTextAsync(), StringComparison.Ordinal);
        var bob = await BusMember.JoinAsync(two, "room:r");

        await alice.SendAsync("""{"type":"room","room":"r","id":"1","data":1}""");
        Assert.Equal(
            """{"type":"error","id":"1","reason":"this node stores no messages: send it without an id"}""",
            await alice.ReceiveTextAsync());
        await alice.SendAsync("""{"type":"room","room":"r","data":2}""");

        await bob.UntilReceivedAsync(2);
        Assert.Equal([2], bob.Received);
    }
}
