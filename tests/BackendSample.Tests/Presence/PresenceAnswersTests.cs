using System.Text;
using System.Text.Json;
using WsBalancer.BackendSample.Channels;
using WsBalancer.BackendSample.Presence;
using WsBalancer.BackendSample.Tests.Support;

namespace WsBalancer.BackendSample.Tests.Presence;

public sealed class PresenceAnswersTests
{
    private readonly LocalPresence _local = new();
    private readonly FakePresenceStore _store = new();
    private readonly PresenceAnswers _answers;

    public PresenceAnswersTests() =>
        _answers = new PresenceAnswers(new PresenceReader(TestNode.Options, _local, _store));

    [Fact]
    public async Task RequestsAtTheSameTime_ShareOneRead_AndOneAnswer()
    {
        var first = _answers.AnswerAsync("r", id: null);
        var others = Enumerable.Range(0, 100).Select(_ => _answers.AnswerAsync("r", id: null)).ToList();
        _local.Add("r", "alice");

        _store.Answer();
        await first;
        await Deadline.UntilAsync(() => _store.Reads == 2, "the next read has begun");
        _store.Answer();

        var answers = await Task.WhenAll(others);
        Assert.All(answers, answer => Assert.Same(answers[0], answer));
        Assert.Contains("alice", Text(answers[0]), StringComparison.Ordinal);
        Assert.Equal(2, _answers.Reads);
    }

    [Fact]
    public async Task ARequestWithAnId_SharesTheRead_AndHasItsIdInTheAnswer()
    {
        var one = _answers.AnswerAsync("r", "a\"1");

        _store.Answer(new NodePresence("ws-2", [new UserDevices("bob", 2)]));

        Assert.Equal(
            """{"type":"presence","id":"a\u00221","room":"r","users":[{"user":"bob","devices":2,"nodes":["ws-2"]}]}""",
            Text(await one));
    }

    [Fact]
    public async Task AUserOnSeveralNodes_IsOneUser_WithTheSumOfTheDevices()
    {
        _local.Add("r", "bob");
        _local.Add("r", "alice");
        var answer = _answers.AnswerAsync("r", id: null);

        // Two leases of one node, whose process was killed and started again.
        _store.Answer(
            new NodePresence("ws-3", [new UserDevices("bob", 2)]),
            new NodePresence("ws-2", [new UserDevices("bob", 1)]),
            new NodePresence("ws-3", [new UserDevices("bob", 1)]));

        Assert.Equal(
            """{"type":"presence","room":"r","users":[{"user":"alice","devices":1,"nodes":["ws-1"]},"""
                + """{"user":"bob","devices":5,"nodes":["ws-1","ws-2","ws-3"]}]}""",
            Text(await answer));
    }

    [Fact]
    public async Task ARoomOf10000_IsAnsweredWithTheFirst1000_AndTheTotal()
    {
        _local.Add("r", "alice");
        var answer = _answers.AnswerAsync("r", id: null);

        _store.Answer(new NodePresence(
            "ws-2", [.. Enumerable.Range(0, 10_000).Select(number => new UserDevices($"u{number:D5}", 1))]));

        var json = JsonElement.Parse(Text(await answer));
        Assert.Equal(10_001, json.GetProperty("total").GetInt32());
        Assert.Equal(PresenceAnswers.MaxUsers, json.GetProperty("users").GetArrayLength());
        Assert.Equal("alice", json.GetProperty("users")[0].GetProperty("user").GetString());
        Assert.Equal("u00998", json.GetProperty("users")[999].GetProperty("user").GetString());
    }

    [Fact]
    public async Task WithoutTheStore_TheAnswerHasTheUsersOfThisNode_AndIsPartial()
    {
        _local.Add("r", "alice");
        var answer = _answers.AnswerAsync("r", id: null);

        _store.Answer(null);

        Assert.Equal(
            """{"type":"presence","room":"r","users":[{"user":"alice","devices":1,"nodes":["ws-1"]}],"partial":true}""",
            Text(await answer));
    }

    private static string Text(Delivery delivery) => Encoding.UTF8.GetString(delivery.Bytes.Span);
}
