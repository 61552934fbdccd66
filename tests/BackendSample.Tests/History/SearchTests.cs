using WsBalancer.BackendSample.History;
using WsBalancer.BackendSample.Messaging;
using WsBalancer.BackendSample.Tests.Support;

namespace WsBalancer.BackendSample.Tests.History;

/// <summary>Searches in the stored messages of a room, over every bus.</summary>
public sealed class SearchTests
{
    public static TheoryData<string> Buses => TestFleet.Buses;

    [Theory]
    [MemberData(nameof(Buses))]
    public async Task Search_FindsTexts_WhateverTheirCase_TheNewestFirst(string bus)
    {
        await using var fleet = await TestFleet.StartAsync(bus);
        using var alice = await HistoryClient.JoinedAsync(fleet.One, "alice");
        var delivered = await alice.StoreAsync(
            "\"Übergröße 🚀\"", "{\"text\":\"nothing\"}", "{\"text\":[\"die \\u00dcBERGR\\u00d6\\u00dfe\"]}", "7");
        using var bob = await HistoryClient.JoinedAsync(fleet.Two, "bob");

        var found = await bob.SearchAsync("übergrö", "\"id\":\"s1\"");

        Assert.Equal([delivered[2], delivered[0]], found.Messages());
        Assert.Equal(4, found.GetProperty("scanned").GetInt32());
        Assert.Equal("scan", found.GetProperty("index").GetString());
        Assert.Equal("s1", found.GetProperty("id").GetString());
        Assert.Equal([1], (await bob.SearchAsync("🚀")).Offsets());
        Assert.Empty((await bob.SearchAsync("room")).Offsets());
    }

    [Theory]
    [MemberData(nameof(Buses))]
    public async Task Search_ReadsTheWholeWindowInParts_UntilTheLimit(string bus)
    {
        await using var fleet = await TestFleet.StartAsync(bus);
        using var alice = await HistoryClient.JoinedAsync(fleet.One, "alice");
        await alice.StoreAsync(Enumerable.Range(1, 250).Select(number => number % 100 == 1 ? "\"yes\"" : "\"no\""));

        var all = await alice.SearchAsync("yes");
        var two = await alice.SearchAsync("yes", "\"limit\":2");
        var rest = await alice.SearchAsync("yes", $"\"before\":{two.Offsets()[^1]}");

        Assert.Equal([201, 101, 1], all.Offsets());
        Assert.Equal(250, all.GetProperty("scanned").GetInt32());
        Assert.Equal([201, 101], two.Offsets());
        Assert.Equal(150, two.GetProperty("scanned").GetInt32());
        Assert.Equal([1], rest.Offsets());
        Assert.Equal(100, rest.GetProperty("scanned").GetInt32());
    }

    [Fact]
    public async Task Search_OfAStoreThatLosesItsMessages_EndsAtTheNextEpoch()
    {
        var store = new FakeStore();
        store.Append([.. Enumerable.Range(1, 150)]);
        var search = new MessageSearch("x", limit: 10, maxBytes: 1000);
        var scan = search.ScanAsync(store, "room:r", before: null);
        store.Answer(150);
        await Deadline.UntilAsync(() => store.Reads == 2, "the second part is read");

        store.Begin("other");
        store.Append([.. Enumerable.Range(1, 50)]);
        store.Answer(50);

        Assert.True(await scan.WaitAsync(Deadline.Token));
        Assert.Equal(100, search.Scanned);
    }

    [Fact]
    public async Task Search_WhenTheStoreFailsInTheMiddle_Fails()
    {
        var store = new FakeStore();
        store.Append([.. Enumerable.Range(1, 150)]);
        var scan = new MessageSearch("x", limit: 10, maxBytes: 1000).ScanAsync(store, "room:r", before: null);
        store.Answer(150);
        await Deadline.UntilAsync(() => store.Reads == 2, "the second part is read");

        store.Fail();

        Assert.False(await scan.WaitAsync(Deadline.Token));
    }

    [Theory]
    [InlineData("""{"data":"a TEXT here"}""", true)]
    [InlineData("""{"data":{"a":[{"b":"Text"}]},"epoch":"e"}""", true)]
    [InlineData("""{"data":[[],{},"no",1,null,"text"]}""", true)]
    [InlineData("""{"data":{"text":"no"}}""", false)]
    [InlineData("""{"from":"text","id":"text","data":{"a":{}}}""", false)]
    [InlineData("""{"data":"te","other":"text"}""", false)]
    [InlineData("""{"data":["te","xt"]}""", false)]
    [InlineData("""{"data":["\ud800 text","no"]}""", false)]
    [InlineData("""{"data":["\ud800","\u0074ext"]}""", true)]
    [InlineData("""{"data":""}""", false)]
    [InlineData("""{"data":{}}""", false)]
    [InlineData("""{}""", false)]
    public void Contains_LooksAtEveryTextOfTheData(string message, bool isFound) =>
        Assert.Equal(isFound, MessageText.Contains(System.Text.Encoding.UTF8.GetBytes(message), "text"));

    [Theory]
    [InlineData(null, null, 1L, 50)]
    [InlineData(7L, 100L, 7L, 100)]
    [InlineData(1L, 1L, 1L, 1)]
    public void Create_OfNumbersInTheirBounds_IsAQuery(long? before, long? limit, long expected, int count)
    {
        var (query, reason) = MessageQuery.Create(before, limit, text: null);

        Assert.Equal((expected, count, ""), (query!.Before ?? 1, query.Limit, reason));
    }
}
