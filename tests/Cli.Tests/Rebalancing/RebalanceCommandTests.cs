namespace WsBalancer.Cli.Tests.Rebalancing;

public sealed class RebalanceCommandTests
{
    [Theory]
    [InlineData("rebalance", "POST", "{}")]
    [InlineData("rebalance --rate 50/s", "POST", """{"ratePerSecond":50}""")]
    [InlineData("rebalance pause", "PATCH", """{"paused":true}""")]
    [InlineData("rebalance continue", "PATCH", """{"paused":false}""")]
    [InlineData("rebalance cancel", "DELETE", "")]
    [InlineData("rebalance status", "GET", "")]
    public async Task EachSubcommand_IsOneCall(string line, string method, string body)
    {
        await using var stub = await StubBalancer.WithChatAsync();
        var answer = Moves.Rebalance("running", 30, blocked: 2, closed: 12);
        stub.On($"{method} {Moves.Rebalances}", answer);

        var run = await stub.RunAsync(line.Split(' '));
        var json = await stub.RunAsync([.. line.Split(' '), "--json"]);

        Assert.Equal(ExitCode.Done, run.ExitCode);
        Assert.Equal(
            ["running: 30 misplaced, 2 of them blocked, 12 closed, 50/s, about 1s left"], run.Lines);
        Assert.Equal($"{answer}\n", json.Output);
        Assert.Equal(body, stub.Requests.Last().Body);
    }

    [Fact]
    public async Task Status_OfAStoppedRebalance_ShowsTheReason()
    {
        await using var stub = await StubBalancer.WithChatAsync();
        stub.On(Moves.Rebalances, Moves.Rebalance("stopped", 30, reason: "balancers disagree"));

        var run = await stub.RunAsync("rebalance", "status");

        Assert.Equal(["stopped: 30 misplaced, 0 closed (balancers disagree)"], run.Lines);
    }

    [Fact]
    public async Task Wait_EndsWhenEveryoneIsAtHome()
    {
        await using var stub = await StubBalancer.WithChatAsync();
        stub.On($"POST {Moves.Rebalances}", Moves.Rebalance("running", 100))
            .On(
                $"GET {Moves.Rebalances}",
                Moves.Rebalance("running", 50, closed: 50),
                Moves.Rebalance("paused", 50, closed: 50),
                Moves.Rebalance("paused", 50, closed: 50),
                Moves.Rebalance("done", 0, closed: 100));

        var run = await stub.RunAsync("rebalance", "--wait");

        Assert.Equal(ExitCode.Done, run.ExitCode);
        Assert.Equal(
            [
                "running: 100 misplaced, 0 closed, 50/s, about 2s left",
                "running: 50 misplaced, 50 closed, 50/s, about 1s left",
                "paused: 50 misplaced, 50 closed, 50/s",
                "done: 0 misplaced, 100 closed",
                "Everyone is at home: 100 tunnels closed.",
            ],
            run.Lines);
    }

    [Theory]
    [InlineData(
        "done",
        5,
        "misplaced tunnels that stay: 5 whose home is full",
        "The rebalance is done, and 7 tunnels are still misplaced, 5 of them blocked: misplaced tunnels that stay: "
            + "5 whose home is full.")]
    [InlineData(
        "stopped",
        0,
        "balancers disagree about the ring",
        "The rebalance is stopped, and 7 tunnels are still misplaced: balancers disagree about the ring.")]
    [InlineData("cancelled", 0, null, "The rebalance is cancelled, and 7 tunnels are still misplaced.")]
    public async Task Wait_ThatEndsWithMisplacedTunnels_Exits1WithTheReasons(
        string state, long blocked, string? reason, string why)
    {
        var last = Moves.Rebalance(state, 7, blocked, closed: 93, reason);
        await using var stub = await StubBalancer.WithChatAsync();
        stub.On($"POST {Moves.Rebalances}", Moves.Rebalance("running", 100)).On($"GET {Moves.Rebalances}", last);

        var run = await stub.RunAsync("rebalance", "--wait", "--json");

        Assert.Equal(ExitCode.Failed, run.ExitCode);
        Assert.Equal($"wsbalancer: {why}\n", run.Error);
        Assert.Equal($"{last}\n", run.Output);
    }

    [Fact]
    public async Task Interrupted_Wait_ReportsThatTheRebalanceContinues()
    {
        await using var stub = await StubBalancer.WithChatAsync();
        stub.On(Moves.Rebalances, Moves.Rebalance("running", 100));
        using var interrupt = new CancellationTokenSource();
        stub.OnRequest = request =>
        {
            if (request.Method is "GET" && request.Target == Moves.Rebalances)
            {
                interrupt.Cancel();
            }
        };

        var run = await CommandRun.OfAsync(
            new AutoAdvancingClock(), interrupt.Token, "rebalance", "--wait", "--admin", stub.Address);

        Assert.Equal(ExitCode.Failed, run.ExitCode);
        Assert.Equal(
            "wsbalancer: No longer waiting. The rebalance continues; 'wsbalancer rebalance cancel' ends it.\n",
            run.Error);
    }

    [Fact]
    public async Task ARefusal_Exits1()
    {
        await using var stub = await StubBalancer.WithChatAsync();
        stub.On(Moves.Rebalances, StubAnswer.Problem(409, "No rebalance is running."));

        var run = await stub.RunAsync("rebalance", "pause");

        Assert.Equal(ExitCode.Failed, run.ExitCode);
        Assert.Equal("wsbalancer: No rebalance is running.\n", run.Error);
    }

    [Theory]
    [InlineData("rebalance --rate 0", "--rate takes a number of tunnels a second")]
    [InlineData("rebalance stop", "'stop' is not a command of 'wsbalancer rebalance'.")]
    public async Task AWrongCommandLine_Exits2(string line, string why)
    {
        var run = await CommandRun.OfAsync(line.Split(' '));

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains(why, run.Error, StringComparison.Ordinal);
    }
}
