using WsBalancer.BackendSample.Channels;
using WsBalancer.BackendSample.Tests.Support;

namespace WsBalancer.BackendSample.Tests.History;

/// <summary>Pages of the stored messages of a room, over every bus.</summary>
public sealed class HistoryTests
{
    public static TheoryData<string> Buses => TestFleet.Buses;

    [Theory]
    [MemberData(nameof(Buses))]
    public async Task History_OfMoreMessagesThanOnePage_HasEachAsDelivered_WithoutGapOrDouble(string bus)
    {
        await using var fleet = await TestFleet.StartAsync(bus);
        using var alice = await HistoryClient.JoinedAsync(fleet.One, "alice");
        var delivered = await alice.StoreAsync(120);
        using var bob = await HistoryClient.JoinedAsync(fleet.Two, "bob");

        var newest = await bob.HistoryAsync();
        var middle = await bob.HistoryAsync($"\"before\":{newest.Offsets()[0]},\"limit\":50");
        var oldest = await bob.HistoryAsync($"\"before\":{middle.Offsets()[0]},\"limit\":100");
        var none = await bob.HistoryAsync($"\"before\":{oldest.Offsets()[0]}");

        Assert.Equal([50, 50, 20, 0], new[] { newest, middle, oldest, none }.Select(page => page.Offsets().Count));
        Assert.Equal(delivered, [.. oldest.Messages(), .. middle.Messages(), .. newest.Messages()]);
        Assert.Equal(Enumerable.Range(1, 120), [.. oldest.Offsets(), .. middle.Offsets(), .. newest.Offsets()]);
    }

    [Theory]
    [MemberData(nameof(Buses))]
    public async Task History_AfterTrimming_HasTheMessagesThatAreLeft(string bus)
    {
        await using var fleet = await TestFleet.StartAsync(
            bus, TestNode.Options with { History = new HistoryOptions { Size = 30 } });
        using var alice = await HistoryClient.JoinedAsync(fleet.One, "alice");
        await alice.StoreAsync(45);

        Assert.Equal(Enumerable.Range(16, 30), (await alice.HistoryAsync("\"limit\":100")).Offsets());
        Assert.Equal(Enumerable.Range(41, 5), (await alice.HistoryAsync("\"limit\":5,\"before\":null")).Offsets());
        Assert.Equal([16, 17, 18, 19], (await alice.HistoryAsync("\"before\":20")).Offsets());
        Assert.Equal([19], (await alice.HistoryAsync("\"before\":20,\"limit\":1")).Offsets());
        Assert.Empty((await alice.HistoryAsync("\"before\":16")).Offsets());
        Assert.Empty((await alice.HistoryAsync("\"before\":1")).Offsets());
        Assert.Equal(45, (await alice.HistoryAsync($"\"before\":{long.MaxValue},\"limit\":1")).Offsets().Single());
    }

    [Theory]
    [MemberData(nameof(Buses))]
    public async Task History_OfAnEmptyRoom_HasThePositionFromWhichAJoinRecovers(string bus)
    {
        await using var fleet = await TestFleet.StartAsync(bus);
        using var alice = await HistoryClient.JoinedAsync(fleet.One, "alice");
        using var bob = await HistoryClient.JoinedAsync(fleet.Two, "bob");

        var empty = await alice.HistoryAsync("\"id\":\"h1\"");
        var stored = await bob.StoreAsync(1);
        Assert.Equal(stored.Single(), await alice.ReceiveTextAsync());
        var epoch = empty.GetProperty("epoch").GetString();
        var joined = await alice.RequestAsync(
            $"\"type\":\"join\",\"room\":\"r\",\"since\":{{\"epoch\":\"{epoch}\",\"offset\":0}}");

        Assert.Equal(
            $$"""{"type":"history","id":"h1","room":"r","epoch":"{{epoch}}","messages":[]}""", empty.GetRawText());
        Assert.True(joined.GetProperty("recovered").GetBoolean());
        Assert.Equal(stored.Single(), await alice.ReceiveTextAsync());
    }

    [Theory]
    [InlineData("redis")]
    [InlineData("embedded")]
    public async Task History_WhenTheStoredMessagesWereLost_HasThoseOfTheNextEpoch(string bus)
    {
        await using var fleet = await TestFleet.StartAsync(bus);
        using var alice = await HistoryClient.JoinedAsync(fleet.One, "alice");
        await alice.StoreAsync(3);
        var before = await alice.HistoryAsync();

        await fleet.LoseStoredAsync();
        var empty = await alice.HistoryAsync("\"before\":3");
        using var bob = await HistoryClient.JoinedAsync(fleet.Two, "bob");
        await bob.StoreAsync("\"next\"");
        var after = await bob.HistoryAsync("\"before\":3");

        Assert.NotEqual(before.GetProperty("epoch").GetString(), after.GetProperty("epoch").GetString());
        Assert.Empty(empty.Offsets());
        Assert.Equal([1], after.Offsets());
        Assert.Contains("\"next\"", after.Messages().Single(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Buses))]
    public async Task History_OfLongMessages_HasAPageOfBoundedLength_AndAtLeastOneMessage(string bus)
    {
        await using var fleet = await TestFleet.StartAsync(bus);
        using var alice = await HistoryClient.JoinedAsync(fleet.One, "alice");
        await alice.StoreAsync(Quoted(300_000), Quoted(100_000), Quoted(100_000), Quoted(100_000));

        Assert.Equal([3, 4], (await alice.HistoryAsync()).Offsets());
        Assert.Equal([2], (await alice.HistoryAsync("\"before\":3")).Offsets());
        Assert.Equal([1], (await alice.HistoryAsync("\"before\":2")).Offsets());
        Assert.Equal([4, 3], (await alice.SearchAsync("xx")).Offsets());
        Assert.Equal([1], (await alice.SearchAsync("xx", "\"before\":2")).Offsets());
    }

    [Theory]
    [InlineData("\"type\":\"history\"")]
    [InlineData("\"type\":\"search\",\"text\":\"x\"")]
    public async Task ARequest_OfAUserWhoIsNoMember_IsRefused(string type)
    {
        await using var node = await TestNode.StartAsync();
        using var alice = await HistoryClient.JoinedAsync(node, "alice");

        var answer = await alice.RequestAsync($"{type},\"room\":\"other\",\"id\":\"h1\"");

        Assert.Equal(
            """{"type":"error","id":"h1","reason":"not a member of room 'other': join it first"}""",
            answer.GetRawText());
    }

    [Fact]
    public async Task ARequest_WhileRedisIsAway_IsAnErrorWithItsId()
    {
        await using var fleet = await TestFleet.StartAsync("redis");
        using var alice = await HistoryClient.JoinedAsync(fleet.One, "alice");
        await fleet.Server!.HangAsync();

        var history = await alice.HistoryAsync("\"id\":\"h1\"");
        var search = await alice.SearchAsync("x", "\"id\":\"s1\"");
        await fleet.Server.WakeAsync();

        Assert.Equal(Away("h1"), history.GetRawText());
        Assert.Equal(Away("s1"), search.GetRawText());
    }

    private static string Away(string id) => $$"""
        {"type":"error","id":"{{id}}","reason":"redis is away: the messages were not read, try again later"}
        """;

    private static string Quoted(int length) => $"\"{new string('x', length)}\"";
}
