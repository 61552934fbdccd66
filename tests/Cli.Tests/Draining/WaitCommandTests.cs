namespace WsBalancer.Cli.Tests.Draining;

public sealed class WaitCommandTests
{
    [Fact]
    public async Task Drained_IsWaitedFor_WhicheverSourceBeganTheDrain()
    {
        await using var stub = await StubBalancer.WithChatAsync();
        stub.On(
            $"GET {Moves.DrainOfNode}",
            Moves.Drain(40, "active"),
            Moves.Drain(30, sources: "\"node\""),
            Moves.Drain(0, "drained", shared: "false"),
            Moves.Drain(0, "drained", shared: "true"));

        var run = await stub.RunAsync("wait", "ws-2", "--for", "drained");

        Assert.Equal(ExitCode.Done, run.ExitCode);
        Assert.Equal("ws-2 is active", run.Lines.First());
        Assert.Equal("ws-2 is drained.", run.Lines.Last());
        Assert.Equal(4, stub.Targets.Count(target => target == Moves.DrainOfNode));
    }

    [Fact]
    public async Task Removed_IsWaitedFor_UntilTheLastTunnelHasEnded()
    {
        await using var stub = await StubBalancer.WithChatAsync();
        stub.On(
            $"GET {Moves.DrainOfNode}",
            Moves.Drain(0, "drained"),
            Moves.Drain(2, "leaving"),
            StubAnswer.Problem(404, "There is no node 'ws-2'."));

        var run = await stub.RunAsync("wait", "ws-2", "--for", "removed", "--json");

        Assert.Equal(ExitCode.Done, run.ExitCode);
        Assert.Equal("""{"cluster":"chat","node":"ws-2","condition":"removed"}""" + "\n", run.Output);
        Assert.Equal(3, stub.Targets.Count(target => target == Moves.DrainOfNode));
    }

    [Fact]
    public async Task Removed_OfANodeThatIsAddedAgain_Fails()
    {
        await using var stub = await StubBalancer.WithChatAsync();
        stub.On(
            $"GET {Moves.DrainOfNode}",
            Moves.Drain(0, "leaving", shared: "false"),
            Moves.Drain(0, "active", shared: "true"));

        var run = await stub.RunAsync("wait", "ws-2", "--for", "removed");

        Assert.Equal(ExitCode.Failed, run.ExitCode);
        Assert.Equal("wsbalancer: ws-2 has been added again.\n", run.Error);
    }

    [Fact]
    public async Task Drained_OfANodeThatLeavesTheFleet_IsMet()
    {
        await using var stub = await StubBalancer.WithChatAsync();
        stub.On(
            $"GET {Moves.DrainOfNode}",
            Moves.Drain(1, "leaving"),
            StubAnswer.Problem(404, "There is no node 'ws-2'."));

        var run = await stub.RunAsync("wait", "ws-2", "--for", "drained");

        Assert.Equal((ExitCode.Done, ""), (run.ExitCode, run.Error));
    }

    [Theory]
    [InlineData("healthy", "ws-1 is healthy")]
    [InlineData("drained", "ws-1 is drained.")]
    public async Task Node_InAnotherCase_IsTheNodeOfTheFleet(string condition, string end)
    {
        await using var stub = await StubBalancer.WithChatAsync();
        stub.On($"GET {Moves.Nodes}/ws-1/drain", Moves.Drain(0, "drained"));

        var run = await stub.RunAsync("wait", "WS-1", "--for", condition);

        Assert.Equal((ExitCode.Done, end), (run.ExitCode, run.Lines.Last()));
    }

    [Fact]
    public async Task Condition_OfABalancerThatStopsToAnswer_Exits1AtTheLimit()
    {
        await using var stub = await StubBalancer.WithChatAsync();
        stub.On($"GET {Moves.DrainOfNode}", Moves.Drain(30), StubAnswer.Reset);

        var run = await stub.RunAsync("wait", "ws-2", "--for", "drained", "--timeout", "5s");

        Assert.Equal(ExitCode.Failed, run.ExitCode);
        Assert.EndsWith(
            "ws-2 is not drained within --timeout 5s: 30 tunnels remain.\n", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Healthy_IsWaitedFor()
    {
        await using var stub = await StubBalancer.StartAsync();
        stub.On(
            Documents.Clusters,
            Documents.Chat,
            Documents.Chat,
            Documents.Chat.Replace("unhealthy", "healthy", StringComparison.Ordinal));

        var run = await stub.RunAsync("wait", "ws-2", "--for", "healthy");

        Assert.Equal(ExitCode.Done, run.ExitCode);
        Assert.Equal("ws-2 is healthy", run.Lines.Last());
    }

    [Theory]
    [InlineData("drained", "active", "ws-2 is not drained within --timeout 5s: it is active.")]
    [InlineData("drained", "draining", "ws-2 is not drained within --timeout 5s: 30 tunnels remain.")]
    [InlineData("removed", "leaving", "ws-2 has not left within --timeout 5s: 30 tunnels remain.")]
    public async Task Condition_ThatIsNotMetInTime_Exits1(string condition, string state, string message)
    {
        await using var stub = await StubBalancer.WithChatAsync();
        stub.On($"GET {Moves.DrainOfNode}", Moves.Drain(30, state));

        var run = await stub.RunAsync("wait", "ws-2", "--for", condition, "--timeout", "5s");

        Assert.Equal(ExitCode.Failed, run.ExitCode);
        Assert.Equal($"wsbalancer: {message}\n", run.Error);
    }

    [Theory]
    [InlineData("drained", ExitCode.Failed)]
    [InlineData("removed", ExitCode.Done)]
    public async Task Node_ThatIsUnknown_IsRemoved_AndCannotBeDrained(string condition, int exitCode)
    {
        await using var stub = await StubBalancer.WithChatAsync();
        stub.On($"GET {Moves.DrainOfNode}", StubAnswer.Problem(404, "There is no node 'ws-2'."));

        var run = await stub.RunAsync("wait", "ws-2", "--for", condition);

        Assert.Equal(exitCode, run.ExitCode);
    }

    [Fact]
    public async Task Cluster_ThatIsUnknown_IsRefused()
    {
        await using var stub = await StubBalancer.WithChatAsync();

        var run = await stub.RunAsync("wait", "ws-2", "--for", "removed", "--cluster", "games");

        Assert.Equal(ExitCode.Failed, run.ExitCode);
        Assert.Contains("There is no cluster 'games'", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Node_ThatTheFleetDoesNotHave_IsNoted()
    {
        await using var stub = await StubBalancer.WithChatAsync();

        stub.On($"GET {Moves.Nodes}/ws-9/drain", StubAnswer.Problem(404, "There is no node 'ws-9'."));

        var run = await stub.RunAsync("wait", "ws-9", "--for", "removed");

        Assert.Equal(ExitCode.Done, run.ExitCode);
        Assert.Equal("wsbalancer: The fleet has no node 'ws-9'.\n", run.Error);
    }

    [Fact]
    public async Task Node_ThatIsEmptyHere_WithRedisAway_HasNoTunnelsInTheFailure()
    {
        await using var stub = await StubBalancer.WithChatAsync();
        stub.On($"GET {Moves.DrainOfNode}", Moves.Drain(0, "drained", shared: "false"));

        var run = await stub.RunAsync("wait", "ws-2", "--for", "drained", "--timeout", "5s");

        Assert.Equal(ExitCode.Failed, run.ExitCode);
        Assert.Equal(
            "wsbalancer: ws-2 has no tunnel at this balancer, but Redis cannot be used, so that the other balancers "
            + "are not known within --timeout 5s.\n",
            run.Error);
    }

    [Theory]
    [InlineData("needs --for CONDITION", "wait", "ws-2")]
    [InlineData("'gone'", "wait", "ws-2", "--for", "gone")]
    public async Task CommandLine_WithoutACondition_IsAUsageError(string message, params string[] line)
    {
        var run = await CommandRun.OfAsync(line);

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }
}
