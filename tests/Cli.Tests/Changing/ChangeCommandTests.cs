namespace WsBalancer.Cli.Tests.Changing;

/// <summary>plan, add, remove and weight: each looks before it leaps.</summary>
public sealed class ChangeCommandTests
{
    private const string Nothing = """{"add":[],"remove":[],"weights":{}}""";
    private const string Addition = """{"id":"ws-4","address":"http://10.0.0.4:5000","weight":2}""";

    [Theory]
    [InlineData("", Nothing)]
    [InlineData(
        "--add ws-4=http://x:1", """{"add":[{"id":"ws-4","address":"http://x:1"}],"remove":[],"weights":{}}""")]
    [InlineData("--add ws-4=http://10.0.0.4:5000@2", "{\"add\":[" + Addition + "],\"remove\":[],\"weights\":{}}")]
    [InlineData(
        "--remove ws-1 --remove ws-2 --weight ws-3=0", """{"add":[],"remove":["ws-1","ws-2"],"weights":{"ws-3":0}}""")]
    public async Task Plan_AsksAndShowsWithoutDoing(string options, string body)
    {
        await using var stub = await ChatAsync();

        var run = await stub.RunAsync(["plan", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);

        Assert.Equal(ExitCode.Done, run.ExitCode);
        Assert.Equal(Moves.PlanLines, run.Lines);
        var asked = Assert.Single(stub.Changes);
        Assert.Equal($"POST {Moves.Plans}", asked.ToString());
        Assert.Equal(body, asked.Body);
    }

    [Fact]
    public async Task Plan_WithJson_PrintsTheAnswerAndNothingElse()
    {
        await using var stub = await ChatAsync();

        var run = await stub.RunAsync("plan", "--json");

        Assert.Equal($"{Moves.Plan}\n", run.Output);
    }

    [Theory]
    [InlineData("add ws-4=http://10.0.0.4:5000@2", $"POST {Moves.Nodes}", Addition, "ws-4 is added.")]
    [InlineData(
        "add ws-4=http://x:1 --ring-key 7",
        $"POST {Moves.Nodes}",
        """{"id":"ws-4","address":"http://x:1","ringKey":"7"}""",
        "ws-4 is added.")]
    [InlineData("remove ws-2", $"DELETE {Moves.Node}", "", "ws-2 is removed.")]
    [InlineData("weight ws-2=3", $"PATCH {Moves.Node}", """{"weight":3}""", "ws-2 weighs 3.")]
    public async Task AChange_ShowsThePlanAndThenDoesItToTheFleetOfThePlan(
        string line, string call, string body, string done)
    {
        await using var stub = await ChatAsync();

        var run = await stub.RunAsync(line.Split(' '));

        Assert.Equal(ExitCode.Done, run.ExitCode);
        Assert.Equal([$"POST {Moves.Plans}", $"{call} if \"7\""], stub.Changes.Select(change => change.ToString()));
        Assert.Equal(body, stub.Changes.Last().Body);
        Assert.Equal(
            [
                .. Moves.PlanLines,
                $"{done} The fleet is at epoch 8.",
                "Nobody was closed: who has another home now goes there on the next connect, or with "
                    + "'wsbalancer rebalance'.",
            ],
            run.Lines);
        Assert.Empty(run.Error);
    }

    [Fact]
    public async Task Removal_WithADrain_SaysThatTunnelsAreClosed()
    {
        await using var stub = await ChatAsync();

        var run = await stub.RunAsync("remove", "ws-2", "--drain", "--force");

        Assert.Equal($"DELETE {Moves.Node}?drain=true&force=true if \"7\"", stub.Changes.Last().ToString());
        Assert.Equal(
            [
                .. Moves.PlanLines,
                "ws-2 is removed. The fleet is at epoch 8.",
                "Its tunnels are being closed, so that their users come back at their new home; "
                    + "'wsbalancer nodes --watch' follows it.",
            ],
            run.Lines);
    }

    [Theory]
    [InlineData("add ws-4=http://10.0.0.4:5000")]
    [InlineData("remove ws-2")]
    [InlineData("weight ws-2=3")]
    public async Task AChange_WithJson_PrintsWhatWasDone(string line)
    {
        await using var stub = await ChatAsync();

        var run = await stub.RunAsync([.. line.Split(' '), "--json"]);

        Assert.Equal(ExitCode.Done, run.ExitCode);
        Assert.Equal($"{Moves.Made}\n", run.Output);
    }

    [Fact]
    public async Task AChangeOfAnotherFleet_IsNotMade()
    {
        await using var stub = await ChatAsync();
        stub.On($"PATCH {Moves.Node}", StubAnswer.Problem(412, "The epoch is 8, not 7.", "Stale"));

        var run = await stub.RunAsync("weight", "ws-2=3");

        Assert.Equal(ExitCode.Failed, run.ExitCode);
        Assert.Equal(
            "wsbalancer: The fleet has changed since the plan was made, and nothing was done: try again. "
                + "Stale: The epoch is 8, not 7.\n",
            run.Error);
        Assert.Equal(Moves.PlanLines, run.Lines);
    }

    [Theory]
    [InlineData(404, "There is no node 'ws-2'; known: ws-1.")]
    [InlineData(409, "'ws-2' is leaving already.")]
    public async Task AChangeWhosePlanIsRefused_IsNotTried(int status, string why)
    {
        await using var stub = await ChatAsync();
        stub.On(Moves.Plans, StubAnswer.Problem(status, why, title: ""));

        var run = await stub.RunAsync("remove", "ws-2", "--json");

        Assert.Equal(ExitCode.Failed, run.ExitCode);
        Assert.Equal($"wsbalancer: {why}\n", run.Error);
        Assert.Equal($"POST {Moves.Plans}", Assert.Single(stub.Changes).ToString());
    }

    [Fact]
    public async Task AChangeThatTheOthersDoNotKnow_IsTold()
    {
        await using var stub = await ChatAsync();
        stub.On($"DELETE {Moves.Node}", Moves.Made.Replace("null", "false", StringComparison.Ordinal));

        var run = await stub.RunAsync("remove", "ws-2");

        Assert.Equal(ExitCode.Done, run.ExitCode);
        Assert.Equal(
            "wsbalancer: Redis is away: it is done at this balancer, and the others learn of it when Redis is back.\n",
            run.Error);
    }

    [Theory]
    [InlineData("plan --add ws-4", "'ws-4': expected ID=URL or ID=URL@WEIGHT")]
    [InlineData("plan --weight ws-1=1 --weight ws-1=2", "--weight names 'ws-1' twice")]
    [InlineData("plan --weight ws-1=65536", "'ws-1=65536': expected ID=WEIGHT with a weight from 0 to 65535")]
    [InlineData("add", "Required argument missing")]
    [InlineData("add ws-4=ftp://x", "'ws-4=ftp://x': expected ID=URL")]
    [InlineData("add ws-4=http://x@65536", "'ws-4' would weigh 65536")]
    [InlineData("remove", "Required argument missing")]
    [InlineData("weight ws-1", "'ws-1': expected ID=WEIGHT")]
    [InlineData("weight ws-1=-1", "'ws-1=-1': expected ID=WEIGHT")]
    public async Task AWrongCommandLine_Exits2WithoutAsking(string line, string why)
    {
        await using var stub = await ChatAsync();

        var run = await stub.RunAsync(line.Split(' '));

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains(why, run.Error, StringComparison.Ordinal);
        Assert.Empty(stub.Requests);
    }

    private static async Task<StubBalancer> ChatAsync() => (await StubBalancer.WithChatAsync())
        .On(Moves.Plans, Moves.Plan)
        .On(Moves.Nodes, Moves.Made)
        .On(Moves.Node, Moves.Made);
}
