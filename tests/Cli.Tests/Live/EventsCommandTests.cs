namespace WsBalancer.Cli.Tests.Live;

public sealed class EventsCommandTests
{
    private const string Events = "/api/v1/events";

    private const string Drained = """{"id":7,"at":"2026-01-02T03:04:05Z","kind":"drain","cluster":"chat",""" +
        "\"node\":\"ws-2\",\"message\":\"ws-2 drains\",\"figures\":{\"remaining\":80,\"ratePerSecond\":0.5}}";

    private const string Grown = """{"id":8,"at":"2026-01-02T03:04:06Z","kind":"ring","cluster":"games",""" +
        "\"node\":null,\"message\":\"the ring changed\",\"figures\":{}}";

    [Fact]
    public async Task Events_AreALineEach()
    {
        await using var stub = await StreamingAsync(StubAnswer.Events(Sse(7, Drained) + Sse(8, Grown)));

        var run = await FollowAsync(stub, connections: 1);

        Assert.Equal(ExitCode.Done, run.ExitCode);
        Assert.Equal(
            [
                "2026-01-02 03:04:05Z  drain         chat: ws-2 drains",
                "2026-01-02 03:04:06Z  ring          games: the ring changed",
            ],
            run.Lines);
    }

    [Fact]
    public async Task Events_WithJson_AreADocumentALine()
    {
        await using var stub = await StreamingAsync(StubAnswer.Events(Sse(7, Drained) + Sse(8, Grown)));

        var run = await FollowAsync(stub, connections: 1, "--json");

        Assert.Equal([Drained, Grown], run.Lines);
    }

    [Fact]
    public async Task Events_OfOneCluster_LeaveTheOthersOut()
    {
        await using var stub = await StreamingAsync(StubAnswer.Events(Sse(7, Drained) + Sse(8, Grown)));

        var run = await FollowAsync(stub, connections: 1, "--json", "--cluster", "chat");

        Assert.Equal([Drained], run.Lines);
    }

    [Fact]
    public async Task AStreamThatEnds_IsTakenUpAfterTheLastEvent()
    {
        await using var stub = await StreamingAsync(
            StubAnswer.Events(Sse(7, Drained)), StubAnswer.Reset, StubAnswer.Events(Sse(8, Grown)));

        var run = await FollowAsync(stub, connections: 3, "--json");

        Assert.Equal(ExitCode.Done, run.ExitCode);
        Assert.Equal([Drained, Grown], run.Lines);
        Assert.Equal(["", "7", "7", "8"], stub.Requests.Where(request => request.Target == Events)
            .Select(request => request.LastEventId));
        Assert.Equal(
            """
            wsbalancer: The stream of events has ended; connecting again.
            wsbalancer: The balancer does not answer; retrying for 30 s.
            wsbalancer: The balancer answers again.
            wsbalancer: The stream of events has ended; connecting again.

            """,
            run.Error);
    }

    [Fact]
    public async Task AStreamThatWasDropped_IsResumedAndReportedOnStandardError()
    {
        const string Dropped = "event: dropped\ndata: {\"kind\":\"dropped\",\"message\":\"many\"}\n\n";
        await using var stub = await StreamingAsync(
            StubAnswer.Events(Sse(7, Drained) + Dropped),
            StubAnswer.Events(Sse(8, Grown)));

        var run = await FollowAsync(stub, connections: 2, "--json");

        Assert.Equal([Drained, Grown], run.Lines);
        Assert.StartsWith(
            "wsbalancer: Events arrived faster than they were read: the balancer has ended the stream.\n",
            run.Error,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task ABalancerThatStaysUnreachable_Exits3()
    {
        await using var stub = await StreamingAsync(StubAnswer.Events(Sse(7, Drained)), StubAnswer.Reset);

        var run = await stub.RunAsync("events");

        Assert.Equal(ExitCode.Unreachable, run.ExitCode);
        Assert.Contains("Cannot reach a balancer at", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SomethingElse_IsNotTakenForAStream()
    {
        await using var stub = await StreamingAsync("{}");

        var run = await stub.RunAsync("events");

        Assert.Equal(ExitCode.Unreachable, run.ExitCode);
        Assert.Contains("/api/v1/events is not a stream of events", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"name":"SIGHUP"}""", "SIGHUP")]
    [InlineData("""{"name":"ops","user":"alice","host":"lb-1","pid":42,"command":"drain","address":"10.0.0.7"}""",
        "ops: alice@lb-1, drain, from 10.0.0.7")]
    [InlineData("""{"name":"local","user":null,"host":"lb-1","pid":null,"command":null,"address":null}""",
        "local: lb-1")]
    public async Task Event_EndsWithWhoCausedIt(string by, string shown)
    {
        var reloaded = """{"at":"2026-01-02T03:04:05Z","kind":"reload","cluster":null,"message":"applied","by":"""
            + by + "}";
        await using var stub = await StreamingAsync(StubAnswer.Events(Sse(7, reloaded)));

        var run = await FollowAsync(stub, connections: 1, "--cluster", "chat");

        Assert.Equal([$"2026-01-02 03:04:05Z  reload        applied (by {shown})"], run.Lines);
    }

    [Theory]
    [InlineData("/api/v1/events?since=2h&follow=false", "--since", "2h", "--no-follow")]
    [InlineData("/api/v1/events?since=2026-01-02T03%3A04%3A05%2B01%3A00&follow=false", "--no-follow", "--since",
        "2026-01-02T03:04:05+01:00")]
    [InlineData("/api/v1/events?follow=false", "--no-follow")]
    public async Task ThePast_IsPrinted_AndExits0(string target, params string[] options)
    {
        await using var stub = await StreamingAsync(StubAnswer.Events(Sse(7, Drained) + Sse(8, Grown)));

        var run = await stub.RunAsync(["events", "--json", .. options]);

        Assert.Equal(ExitCode.Done, run.ExitCode);
        Assert.Equal([Drained, Grown], run.Lines);
        Assert.Equal(target, stub.Targets.Last());
        Assert.Empty(run.Error);
    }

    [Theory]
    [InlineData("yesterday")]
    [InlineData("2026-01-02T03:04:05")]
    [InlineData("")]
    public async Task SinceSomethingElse_Exits2(string since)
    {
        var run = await CommandRun.OfAsync("events", "--since", since);

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains(
            "--since takes a duration before now such as 2h, or a time such as 2026-01-02T03:04:05Z, not "
            + $"'{since}'.",
            run.Error,
            StringComparison.Ordinal);
    }

    private static string Sse(int id, string document) => $"id: {id}\nevent: x\ndata: {document}\n\n";

    private static async Task<StubBalancer> StreamingAsync(params StubAnswer[] streams) =>
        (await StubBalancer.StartAsync())
            .With(Documents.Clusters, Documents.ChatAndGames)
            .On(Events, streams);

    /// <summary>
    /// Follows the events until the balancer has received more than <paramref name="connections"/> requests for them.
    /// </summary>
    private static async Task<CommandRun> FollowAsync(StubBalancer stub, int connections, params string[] options)
    {
        using var interrupt = new CancellationTokenSource();
        stub.OnRequest = _ =>
        {
            if (stub.Targets.Count(target => target == Events) > connections)
            {
                interrupt.Cancel();
            }
        };
        return await CommandRun.OfAsync(
            new AutoAdvancingClock(), interrupt.Token, ["events", "--admin", stub.Address, .. options]);
    }
}
