namespace WsBalancer.Cli.Tests.FleetChanges;

/// <summary>
/// <c>plan</c>, <c>add</c>, <c>remove</c> and <c>weight</c>: each shows the plan before any change is made.
/// </summary>
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
    public async Task Plan_ShowsTheAnswerWithoutMakingTheChange(string options, string body)
    {
        await using var stub = await ChatAsync();

        var run = await stub.RunAsync(["plan", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);

        Assert.Equal(ExitCode.Done, run.ExitCode);
        Assert.Equal(Moves.PlanLines, run.Lines);
        var request = Assert.Single(stub.Changes);
        Assert.Equal($"POST {Moves.Plans}", request.ToString());
        Assert.Equal(body, request.Body);
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
                "No tunnel was closed: users with another home now are placed there on their next connect, or by "
                    + "'wsbalancer rebalance'.",
            ],
            run.Lines);
        Assert.Empty(run.Error);
    }

    [Fact]
    public async Task Removal_WithADrain_ReportsThatTunnelsAreClosed()
    {
        await using var stub = await ChatAsync();

        var run = await stub.RunAsync("remove", "ws-2", "--drain", "--force");

        Assert.Equal($"DELETE {Moves.Node}?drain=true&force=true if \"7\"", stub.Changes.Last().ToString());
        Assert.Equal(
            [
                .. Moves.PlanLines,
                "ws-2 is removed. The fleet is at epoch 8.",
                "Its tunnels are being closed, so that their users connect again at their new home. '--wait' waits for "
                    + "the last one.",
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
                + "The epoch is 8, not 7.\n",
            run.Error);
        Assert.Equal(Moves.PlanLines, run.Lines);
    }

    [Theory]
    [InlineData("weight ws-2=3")]
    [InlineData("weight ws-2=3 --json")]
    public async Task AChangeThatMovesMuch_WithoutATerminal_NeedsYes(string line)
    {
        await using var stub = await ChatAsync();
        stub.On(Moves.Plans, Moves.Plan.Replace("\"moved\": 0.25", "\"moved\": 0.2501", StringComparison.Ordinal));

        var refused = await stub.RunAsync(line.Split(' '));
        Assert.DoesNotContain(stub.Changes, change => change.Method == "PATCH");
        var done = await stub.RunAsync([.. line.Split(' '), "--yes"]);

        Assert.Equal(ExitCode.Failed, refused.ExitCode);
        Assert.Equal(
            "wsbalancer: It moves 25.01% of all users, more than 25.00%, and nothing was done. Add --yes if that is "
                + "meant.\n",
            refused.Error);
        Assert.Equal(ExitCode.Done, done.ExitCode);
    }

    [Fact]
    public async Task Addition_OfANodeThatIsUnhealthy_IsNoted()
    {
        await using var stub = await ChatAsync();

        var run = await stub.RunAsync("add", "ws-2=http://10.0.0.2:5001");

        Assert.Equal(ExitCode.Done, run.ExitCode);
        Assert.Contains("ws-2 is unhealthy: no user is placed on it", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Addition_ThatWaits_EndsWhenTheNodeIsHealthy()
    {
        await using var stub = await ChatAsync();
        stub.On(
            Documents.Clusters,
            Documents.Chat,
            Documents.Chat,
            Documents.Chat.Replace("unhealthy", "healthy", StringComparison.Ordinal));

        var run = await stub.RunAsync("add", "ws-2=http://10.0.0.2:5001", "--wait");

        Assert.Equal(ExitCode.Done, run.ExitCode);
        Assert.Equal(["ws-2 is unhealthy", "ws-2 is healthy"], run.Lines.TakeLast(2));
    }

    [Fact]
    public async Task Addition_OfANodeThatStaysUnhealthy_Exits1AfterTheTimeout()
    {
        await using var stub = await ChatAsync();

        var run = await stub.RunAsync("add", "ws-2=http://10.0.0.2:5001", "--wait", "--timeout", "3s");

        Assert.Equal(ExitCode.Failed, run.ExitCode);
        Assert.Equal("wsbalancer: ws-2 is still unhealthy after 3s.\n", run.Error);
    }

    [Fact]
    public async Task RemovalThatWaits_EndsWhenNoBalancerHasATunnelThere()
    {
        await using var stub = await ChatAsync();
        stub.On(
            $"GET {Moves.DrainOfNode}",
            Moves.Drain(30, "leaving"),
            Moves.Drain(0, "leaving", shared: "false"),
            Moves.Drain(10, "leaving"),
            StubAnswer.Problem(404, "There is no node 'ws-2'."));

        var run = await stub.RunAsync("remove", "ws-2", "--drain", "--wait");

        Assert.Equal(ExitCode.Done, run.ExitCode);
        Assert.Equal("ws-2 has left: no balancer has a tunnel there.", run.Lines.Last());
        Assert.Contains(
            "Its tunnels are being closed, so that their users connect again at their new home.", run.Lines);
        Assert.Equal(4, stub.Requests.Count(request => request.ToString() == $"GET {Moves.DrainOfNode}"));
    }

    [Fact]
    public async Task RemovalThatWaits_EndsWithTheTimeout()
    {
        await using var stub = await ChatAsync();
        stub.On($"GET {Moves.DrainOfNode}", Moves.Drain(30, "leaving"));

        var run = await stub.RunAsync("remove", "ws-2", "--wait", "--timeout", "5s", "--json");

        Assert.Equal(ExitCode.Failed, run.ExitCode);
        Assert.Equal("wsbalancer: ws-2 has not left within --timeout 5s: 30 tunnels remain.\n", run.Error);
        Assert.Equal($"{Moves.Made}\n", run.Output);
    }

    [Fact]
    public async Task PlanOfABlend_IsThatOfTheBlend()
    {
        await using var stub = await ChatAsync();
        stub.On(
            $"GET {Moves.Blends}",
            $$"""{"from": "rendezvous", "to": "maglev", "share": 0.1, {{Moves.PlanFields}}, "epoch": 7}""");

        var run = await stub.RunAsync("plan", "--to", "maglev", "--share", "10%");

        Assert.Equal(ExitCode.Done, run.ExitCode);
        Assert.Empty(stub.Changes);
        Assert.EndsWith($"{Moves.Blends}?to=maglev&share=0.1", stub.Targets.Last(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PlanOfARingOfKeys_HasThem()
    {
        await using var stub = await ChatAsync();

        await stub.RunAsync("plan", "--add", "ws-4=http://x:1", "--ring-key", "ws-4=chat-4:5001");

        Assert.Contains("\"ringKey\":\"chat-4:5001\"", stub.Requests.Last().Body, StringComparison.Ordinal);
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
    public async Task AChangeThatIsNotShared_IsReported()
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
    [InlineData("add", "'wsbalancer add' needs ID=URL[@WEIGHT].")]
    [InlineData("add ws-4=ftp://x", "'ws-4=ftp://x': expected ID=URL")]
    [InlineData("add ws-4=http://x@65536", "'ws-4' would weigh 65536")]
    [InlineData("remove", "'wsbalancer remove' needs ID.")]
    [InlineData("remove ws-2 --wait", "--wait might never end: give --drain or --timeout")]
    [InlineData("remove ws-2 --timeout 5s", "--timeout requires --wait")]
    [InlineData("plan --ring-key ws-9=a", "--ring-key names 'ws-9', which no --add adds")]
    [InlineData("plan --add ws-4=http://x --ring-key k", "--ring-key takes ID=KEY, not 'k'")]
    [InlineData("plan --to maglev --share 10% --remove ws-1", "--to and --share exclude --add")]
    [InlineData("weight ws-1", "'ws-1': expected ID=WEIGHT")]
    [InlineData("weight ws-1=-1", "'ws-1=-1': expected ID=WEIGHT")]
    public async Task AWrongCommandLine_Exits2WithoutARequest(string line, string why)
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
