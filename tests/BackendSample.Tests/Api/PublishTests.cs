using WsBalancer.BackendSample.Tests.History;
using WsBalancer.BackendSample.Tests.Support;

namespace WsBalancer.BackendSample.Tests.Api;

/// <summary>Messages that back ends publish, over every bus.</summary>
public sealed class PublishTests
{
    public static TheoryData<string> Buses => TestFleet.Buses;

    [Theory]
    [MemberData(nameof(Buses))]
    public async Task Post_ToARoom_ReachesAMemberOnAnotherNode_AsIfAClientHadSentIt(string bus)
    {
        await using var fleet = await TestFleet.StartAsync(bus);
        using var alice = await HistoryClient.JoinedAsync(fleet.Two, "alice");
        using var api = new ApiClient(fleet.One);

        var response = await api.PostAsync("/api/rooms/r/messages", """{"data": {"a": [1, "ö"]} ,"from":"shop"}""");

        Assert.Equal((202, """{"channel":"room:r"}"""), (response.Status, response.Text));
        Assert.Equal(
            """{"type":"room","room":"r","from":"shop","node":"ws-1","data":{"a": [1, "ö"]}}""",
            await alice.ReceiveTextAsync());
    }

    [Theory]
    [MemberData(nameof(Buses))]
    public async Task Post_WithAnId_IsStoredOnce_WhenItIsRepeated(string bus)
    {
        await using var fleet = await TestFleet.StartAsync(bus);
        using var alice = await HistoryClient.JoinedAsync(fleet.Two, "alice");
        using var one = new ApiClient(fleet.One);
        using var two = new ApiClient(fleet.Two);

        var first = await one.PostAsync("/api/rooms/r/messages", """{"data":1,"id":"o-7"}""");
        var second = await two.PostAsync("/api/rooms/r/messages", """{"data":1,"id":"o-7"}""");
        var third = await one.PostAsync("/api/rooms/r/messages", """{"data":2,"id":"o-8"}""");

        var epoch = first.Json.GetProperty("epoch").GetString();
        Assert.Equal((201, Position(1)), (first.Status, first.Text));
        Assert.Equal((201, Position(1)), (second.Status, second.Text));
        Assert.Equal((201, Position(2)), (third.Status, third.Text));
        string[] received = [await alice.ReceiveTextAsync(), await alice.ReceiveTextAsync()];
        Assert.Equal([Message("o-7", 1, 1), Message("o-8", 2, 2)], received);
        Assert.Equal(received, (await alice.HistoryAsync()).Messages());

        string Position(int offset) => $$"""{"channel":"room:r","epoch":"{{epoch}}","offset":{{offset}}}""";

        string Message(string id, int data, int offset) =>
            $$"""{"type":"room","id":"{{id}}","room":"r","from":"server","node":"ws-1","data":{{data}},"""
            + $$"""
            "epoch":"{{epoch}}","offset":{{offset}}}
            """;
    }

    [Theory]
    [MemberData(nameof(Buses))]
    public async Task Post_ToAUser_ReachesEveryConnection_AndOneThatRecovers(string bus)
    {
        await using var fleet = await TestFleet.StartAsync(bus);
        using var alice = await TestClient.WelcomedAsync(fleet.Two.Address, "alice");
        using var api = new ApiClient(fleet.One);

        var first = await api.PostAsync("/api/users/alice/messages", """{"data":1,"id":"a"}""");
        await api.PostAsync("/api/users/alice/messages", """{"data":2,"id":"b"}""");

        var epoch = first.Json.GetProperty("epoch").GetString();
        Assert.Equal(Message("a", 1), await alice.ReceiveTextAsync());
        Assert.Equal(Message("b", 2), await alice.ReceiveTextAsync());
        using var again = new TestClient();
        await again.ConnectToAsync(fleet.Two.Address, $"/ws?user=alice&since={epoch}:1");
        await again.ReceiveTextAsync();
        Assert.Equal(Message("b", 2), await again.ReceiveTextAsync());

        string Message(string id, int number) =>
            $$"""{"type":"direct","id":"{{id}}","from":"server","to":"alice","node":"ws-1","data":{{number}},"""
            + $$"""
            "epoch":"{{epoch}}","offset":{{number}}}
            """;
    }

    [Fact]
    public async Task ARequest_WhileRedisHangs_IsAnsweredWith503()
    {
        await using var fleet = await TestFleet.StartAsync("redis");
        using var api = new ApiClient(fleet.One);
        using var beside = new ApiClient(fleet.One);
        await fleet.Server!.HangAsync();

        var stored = api.PostAsync("/api/rooms/r/messages", """{"data":1,"id":"a"}""");
        var sent = beside.PostAsync("/api/rooms/r/messages", """{"data":1}""");
        await Task.WhenAll(stored, sent);
        var later = await api.PostAsync("/api/users/u/messages", """{"data":1,"id":"a"}""");
        var history = await api.GetAsync("/api/rooms/r/messages");
        var search = await api.GetAsync("/api/rooms/r/search?text=x");
        await fleet.Server.WakeAsync();

        Assert.Equal((503, 503), ((await stored).Status, (await sent).Status));
        Assert.StartsWith("redis ", (await stored).Detail, StringComparison.Ordinal);
        Assert.StartsWith("redis ", (await sent).Detail, StringComparison.Ordinal);
        Assert.Equal(
            (503, "redis is away: the message was not stored, send it again later."), (later.Status, later.Detail));
        foreach (var reading in new[] { history, search })
        {
            Assert.Equal(
                (503, "redis is away: the messages were not read, try again later."), (reading.Status, reading.Detail));
        }
    }

    [Fact]
    public async Task ARequest_WhileRedisIsDown_IsAnsweredWith503_AndSucceedsAfterwards()
    {
        await using var fleet = await TestFleet.StartAsync("redis");
        using var alice = await HistoryClient.JoinedAsync(fleet.One, "alice");
        using var api = new ApiClient(fleet.One);
        fleet.Server!.Kill();

        var stored = await api.PostAsync("/api/rooms/r/messages", """{"data":1,"id":"a"}""");
        var sent = await api.PostAsync("/api/rooms/r/messages", """{"data":1}""");
        await fleet.Server.ResumeAsync();

        Assert.Equal((503, 503), (stored.Status, sent.Status));
        await Deadline.UntilAsync(
            async () => (await api.PostAsync("/api/rooms/r/messages", """{"data":1,"id":"a"}""")).Status == 201,
            "the message is stored");
        Assert.Equal([1], (await api.GetAsync("/api/rooms/r/messages")).Json.Offsets());
    }
}
