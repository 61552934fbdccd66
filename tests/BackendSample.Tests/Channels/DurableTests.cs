using System.Text.Json;
using WsBalancer.BackendSample.Channels;
using WsBalancer.BackendSample.Tests.Support;

namespace WsBalancer.BackendSample.Tests.Channels;

/// <summary>
/// Messages with an id are stored before they are acknowledged, and a client that returns receives those it missed.
/// </summary>
/// <param name="bus">The bus of the nodes.</param>
public abstract class DurableTests(string bus) : IAsyncLifetime
{
    private TestFleet _fleet = null!;

    private TestNode One => _fleet.One;

    private TestNode Two => _fleet.Two;

    public async ValueTask InitializeAsync() => _fleet = await TestFleet.StartAsync(
        bus, TestNode.Options with { History = new HistoryOptions { Size = 50 } });

    public async ValueTask DisposeAsync()
    {
        await _fleet.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task AMessageWithAnId_IsAcknowledged_AndDeliveredWithItsPosition()
    {
        using var alice = await TestClient.WelcomedAsync(One.Address, "alice");
        using var bob = await TestClient.WelcomedAsync(Two.Address, "bob");
        await alice.JoinAsync("r");
        await bob.JoinAsync("r");

        await alice.SendAsync(RoomMessage("m1", 7));

        var ack = await ReceiveAsync(alice, "ack");
        Assert.Equal("m1", ack.GetProperty("id").GetString());
        Assert.Equal("room:r", ack.GetProperty("channel").GetString());
        var message = await ReceiveAsync(bob, "room");
        Assert.Equal(7, message.GetProperty("data").GetInt32());
        Assert.Equal("m1", message.GetProperty("id").GetString());
        Assert.Equal(PositionOf(ack), PositionOf(message));
        Assert.Equal(1, message.GetProperty("offset").GetInt64());
    }

    [Fact]
    public async Task ARepeatedId_IsAcknowledgedAgain_ButStoredAndDeliveredOnce()
    {
        using var alice = await TestClient.WelcomedAsync(One.Address, "alice");
        await alice.JoinAsync("r");
        var first = await StoreAsync(alice, "m1", 1);

        var again = await StoreAsync(alice, "m1", 1);
        var second = await StoreAsync(alice, "m2", 2);

        Assert.Equal(first, again);
        Assert.Equal(first.Offset + 1, second.Offset);
        using var bob = await TestClient.WelcomedAsync(Two.Address, "bob");
        Assert.True(await JoinSinceAsync(bob, first with { Offset = 0 }));
        Assert.Equal([1, 2], await ReceiveDataAsync(bob, 2));
    }

    [Fact]
    public async Task TheSameIdOfAnotherSender_IsAnotherMessage()
    {
        using var alice = await TestClient.WelcomedAsync(One.Address, "alice");
        using var bob = await TestClient.WelcomedAsync(Two.Address, "bob");
        await alice.JoinAsync("r");
        await bob.JoinAsync("r");

        var first = await StoreAsync(alice, "m1", 1);
        var second = await StoreAsync(bob, "m1", 2);

        Assert.Equal(first.Offset + 1, second.Offset);
    }

    [Fact]
    public async Task AClientThatReturns_ReceivesExactlyWhatItMissed_AndThenLiveMessages()
    {
        using var alice = await TestClient.WelcomedAsync(One.Address, "alice");
        await alice.JoinAsync("r");
        var seen = await StoreAsync(alice, "m0", 0);
        for (var number = 1; number <= 5; number++)
        {
            await StoreAsync(alice, $"m{number}", number);
        }

        using var bob = await TestClient.WelcomedAsync(Two.Address, "bob");
        Assert.True(await JoinSinceAsync(bob, seen));
        await StoreAsync(alice, "m6", 6);

        Assert.Equal([1, 2, 3, 4, 5, 6], await ReceiveDataAsync(bob, 6));
    }

    [Fact]
    public async Task ClientsThatReturnDuringTraffic_MissNothing_AndReceiveNothingTwice()
    {
        using var alice = await TestClient.WelcomedAsync(One.Address, "alice");
        await alice.JoinAsync("r");
        var seen = await StoreAsync(alice, "m0", 0);
        using var allowed = new SemaphoreSlim(0);
        var sending = SendManyAsync(200);

        // Each round continues where the last one ended, while the next messages are stored.
        for (var round = 0; round < 20; round++)
        {
            allowed.Release(10);
            using var bob = await TestClient.WelcomedAsync(Two.Address, $"bob-{round}");
            Assert.True(await JoinSinceAsync(bob, seen));
            Assert.Equal(Enumerable.Range((int)seen.Offset, 10), await ReceiveDataAsync(bob, 10));
            seen = seen with { Offset = seen.Offset + 10 };
        }

        await sending;

        async Task SendManyAsync(int count)
        {
            for (var number = 1; number <= count; number++)
            {
                await allowed.WaitAsync(Deadline.Token);
                await StoreAsync(alice, $"m{number}", number);
            }
        }
    }

    [Fact]
    public async Task AClientThatMissedMoreThanTheWindow_IsNotRecovered_AndReceivesLiveMessages()
    {
        using var alice = await TestClient.WelcomedAsync(One.Address, "alice");
        await alice.JoinAsync("r");
        var seen = await StoreAsync(alice, "m0", 0);
        for (var number = 1; number <= 51; number++)
        {
            await StoreAsync(alice, $"m{number}", number);
        }

        using var bob = await TestClient.WelcomedAsync(Two.Address, "bob");
        Assert.False(await JoinSinceAsync(bob, seen));
        Assert.True(await JoinSinceAsync(bob, seen with { Offset = seen.Offset + 1 }));
        Assert.Equal(Enumerable.Range(2, 50), await ReceiveDataAsync(bob, 50));
        await StoreAsync(alice, "m52", 52);

        Assert.Equal([52], await ReceiveDataAsync(bob, 1));
    }

    [Theory]
    [InlineData("other", 0)]
    [InlineData(null, 1000)]
    public async Task APositionThatNeverWas_IsNotRecovered(string? epoch, long offset)
    {
        using var alice = await TestClient.WelcomedAsync(One.Address, "alice");
        await alice.JoinAsync("r");
        var position = await StoreAsync(alice, "m1", 1);

        using var bob = await TestClient.WelcomedAsync(Two.Address, "bob");

        Assert.False(await JoinSinceAsync(bob, new Position(epoch ?? position.Epoch, offset)));
    }

    [Fact]
    public async Task AJoinWithoutAPosition_ReportsThePositionOfTheRoom_EvenOfAnEmptyOne()
    {
        using var bob = await TestClient.WelcomedAsync(Two.Address, "bob");
        await bob.SendAsync("""{"type":"join","room":"r","since":null}""");
        var joined = await ReceiveAsync(bob, "joined");
        Assert.False(joined.TryGetProperty("recovered", out _));
        Assert.Equal(0, joined.GetProperty("offset").GetInt64());
        bob.Socket.Abort();
        using var alice = await TestClient.WelcomedAsync(One.Address, "alice");
        await alice.JoinAsync("r");
        await StoreAsync(alice, "m1", 1);

        using var again = await TestClient.WelcomedAsync(One.Address, "bob");

        Assert.True(await JoinSinceAsync(again, PositionOf(joined)));
        Assert.Equal([1], await ReceiveDataAsync(again, 1));
    }

    [Fact]
    public async Task AUserWhoReturns_ReceivesTheDirectMessagesOfTheMeantime_OnAnyNode()
    {
        using var alice = await TestClient.WelcomedAsync(One.Address, "alice");
        using var bob = new TestClient();
        await bob.ConnectToAsync(One.Address, "/ws?user=bob&since=");
        var welcome = await ReceiveAsync(bob, "welcome");
        bob.Socket.Abort();
        await StoreAsync(alice, "d1", 1, Direct);
        await StoreAsync(alice, "d2", 2, Direct);

        using var again = new TestClient();
        await again.ConnectToAsync(Two.Address, $"/ws?user=bob&since={PositionOf(welcome)}");

        Assert.True((await ReceiveAsync(again, "welcome")).GetProperty("recovered").GetBoolean());
        await StoreAsync(alice, "d3", 3, Direct);
        Assert.Equal([1, 2, 3], await ReceiveDataAsync(again, 3, "direct"));
    }

    private static string RoomMessage(string id, int number) =>
        $$"""{"type":"room","room":"r","id":"{{id}}","data":{{number}}}""";

    private static string Direct(string id, int number) =>
        $$"""{"type":"direct","to":"bob","id":"{{id}}","data":{{number}}}""";

    private static async Task<Position> StoreAsync(
        TestClient sender, string id, int number, Func<string, int, string>? write = null)
    {
        await sender.SendAsync((write ?? RoomMessage)(id, number));
        var ack = await ReceiveAsync(sender, "ack");
        Assert.Equal(id, ack.GetProperty("id").GetString());
        return PositionOf(ack);
    }

    private static async Task<bool> JoinSinceAsync(TestClient client, Position since)
    {
        await client.SendAsync($$$"""
            {"type":"join","room":"r","since":{"epoch":"{{{since.Epoch}}}","offset":{{{since.Offset}}} }}
            """);
        return (await ReceiveAsync(client, "joined")).GetProperty("recovered").GetBoolean();
    }

    /// <summary>Receives until a message of the type arrives.</summary>
    private static async Task<JsonElement> ReceiveAsync(TestClient client, string type)
    {
        while (true)
        {
            var message = JsonElement.Parse(await client.ReceiveTextAsync());
            if (message.GetProperty("type").GetString() == type)
            {
                return message;
            }
        }
    }

    private static async Task<List<int>> ReceiveDataAsync(TestClient client, int count, string type = "room")
    {
        var numbers = new List<int>();
        while (numbers.Count < count)
        {
            var message = JsonElement.Parse(await client.ReceiveTextAsync());
            Assert.Equal(type, message.GetProperty("type").GetString());
            numbers.Add(message.GetProperty("data").GetInt32());
        }

        return numbers;
    }

    private static Position PositionOf(JsonElement message) =>
        new(message.GetProperty("epoch").GetString()!, message.GetProperty("offset").GetInt64());

    private sealed record Position(string Epoch, long Offset)
    {
        public override string ToString() => $"{Epoch}:{Offset}";
    }
}

public sealed class DurableOverRedisServerTests() : DurableTests("redis");

public sealed class DurableOverEmbeddedRedisTests() : DurableTests("embedded");

public sealed class DurableOnOneNodeTests() : DurableTests("local");
