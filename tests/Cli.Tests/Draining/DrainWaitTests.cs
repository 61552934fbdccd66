namespace WsBalancer.Cli.Tests.Draining;

public sealed class DrainWaitTests
{
    [Fact]
    public async Task Wait_WritesALineASecondAndEndsWithTheForcedOnes()
    {
        await using var stub = await DrainingAsync(
            Moves.Drain(200), Moves.Drain(200), Moves.Drain(50), Moves.Drain(0, "drained", forced: 3));
        var clock = new AutoAdvancingClock();

        var run = await WaitAsync(stub, clock);

        Assert.Equal(ExitCode.Done, run.ExitCode);
        Assert.Equal(
            [
                "ws-2: 300 of 300 tunnels remain, 100/s, about 3s left",
                "ws-2: 200 of 300 tunnels remain, 100/s, about 2s left",
                "ws-2: 50 of 300 tunnels remain, 100/s, about 1s left",
                "ws-2: 0 of 300 tunnels remain",
                "ws-2 is drained: 300 tunnels closed, 3 by force.",
            ],
            run.Lines);
        Assert.Equal(TimeSpan.FromSeconds(4), clock.Passed);
    }

    [Fact]
    public async Task Wait_WithJson_PrintsTheLastAnswerOnly()
    {
        await using var stub = await DrainingAsync(Moves.Drain(200), Moves.Drain(0, "drained"));

        var run = await WaitAsync(stub, new AutoAdvancingClock(), "--json");

        Assert.Equal($"{Moves.Drain(0, "drained")}\n", run.Output);
    }

    [Fact]
    public async Task Wait_OfANodeThatIsRemovedWithItsLastTunnel_ShowsTheLastAnswer()
    {
        await using var stub = await DrainingAsync(
            Moves.Drain(1), StubAnswer.Problem(404, "There is no node 'ws-2'."));

        var run = await WaitAsync(stub, new AutoAdvancingClock());

        Assert.Equal((ExitCode.Done, ""), (run.ExitCode, run.Error));
        Assert.Equal("ws-2 is drained: 299 tunnels closed, 0 by force.", run.Lines.Last());
    }

    [Fact]
    public async Task Wait_OfANodeWithoutTunnels_IsOverAtOnce()
    {
        await using var stub = await StubBalancer.WithChatAsync();
        stub.On($"POST {Moves.DrainOfNode}", Moves.Drain(0));

        var run = await WaitAsync(stub, new AutoAdvancingClock());

        Assert.Equal(ExitCode.Done, run.ExitCode);
        Assert.DoesNotContain($"GET {Moves.DrainOfNode}", stub.Requests.Select(request => request.ToString()));
    }

    [Fact]
    public async Task Wait_WithoutRedis_ContinuesUntilTheOtherBalancersAreKnown()
    {
        await using var stub = await DrainingAsync(
            Moves.Drain(0, "drained", shared: "false"),
            Moves.Drain(49, shared: "true"),
            Moves.Drain(0, "drained", shared: "true"));

        var run = await WaitAsync(stub, new AutoAdvancingClock());

        Assert.Equal(ExitCode.Done, run.ExitCode);
        Assert.Contains(
            "ws-2: 0 of 300 tunnels remain (at this balancer: Redis cannot be used)", run.Lines);
        Assert.Contains("ws-2: 49 of 300 tunnels remain, 100/s, about 1s left", run.Lines);
    }

    [Fact]
    public async Task Wait_WhileRedisStaysDisconnected_Exits1AndShowsTheLastAnswer()
    {
        await using var stub = await DrainingAsync(Moves.Drain(0, "drained", shared: "false"));
        var clock = new AutoAdvancingClock();

        var run = await WaitAsync(stub, clock, "--json");

        Assert.Equal(ExitCode.Failed, run.ExitCode);
        Assert.Equal(
            "wsbalancer: ws-2 has no tunnel at this balancer, but Redis cannot be used: whether the other balancers "
                + "have tunnels there is not known.\n",
            run.Error);
        Assert.Equal($"{Moves.Drain(0, "drained", shared: "false")}\n", run.Output);
        Assert.InRange(clock.Passed, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(33));
    }

    [Fact]
    public async Task Wait_LongerThanItsTimeout_Exits1AndTheDrainContinues()
    {
        await using var stub = await DrainingAsync(Moves.Drain(40));

        var run = await WaitAsync(stub, new AutoAdvancingClock(), "--timeout", "5s");

        Assert.Equal(ExitCode.Failed, run.ExitCode);
        Assert.Equal(
            "wsbalancer: ws-2 is not drained within --timeout 5s: 40 tunnels are still open. The drain continues.\n",
            run.Error);
    }

    [Theory]
    [InlineData("active", "", "A resume has ended the drain of ws-2; 40 tunnels are still open.")]
    [InlineData(
        "draining",
        "\"node\"",
        "A resume has ended the drain of ws-2, though the node drains itself; 40 tunnels are still "
            + "open.")]
    [InlineData(
        "leaving", "", "ws-2 was removed, which ended its drain; 40 tunnels are still open.")]
    public async Task Wait_ForADrainThatAnotherCallerEnds_Exits1(string state, string sources, string why)
    {
        await using var stub = await DrainingAsync(Moves.Drain(40, state, sources));

        var run = await WaitAsync(stub, new AutoAdvancingClock(), "--json");

        Assert.Equal(ExitCode.Failed, run.ExitCode);
        Assert.Equal($"wsbalancer: {why}\n", run.Error);
        Assert.Equal($"{Moves.Drain(40, state, sources)}\n", run.Output);
    }

    [Fact]
    public async Task Wait_BeyondTheDeadline_Exits1()
    {
        await using var stub = await StubBalancer.WithChatAsync();
        stub.On(Moves.DrainOfNode, Moves.Drain(1, deadline: "60"));
        var clock = new AutoAdvancingClock();

        var run = await WaitAsync(stub, clock);

        Assert.Equal(ExitCode.Failed, run.ExitCode);
        Assert.Equal("wsbalancer: ws-2 is not drained by the deadline: 1 tunnel is still open.\n", run.Error);
        Assert.Equal(TimeSpan.FromSeconds(66), clock.Passed);
    }

    [Fact]
    public async Task ADeadlineThatIsCountedDown_IsTheSame()
    {
        await using var stub = await DrainingAsync(
            [.. Enumerable.Range(1, 8).Select(second => (StubAnswer)Moves.Drain(300, deadline: $"{8 - second}")),
                Moves.Drain(0, "drained")]);

        var run = await WaitAsync(stub, new AutoAdvancingClock());

        Assert.Equal(ExitCode.Done, run.ExitCode);
    }

    [Fact]
    public async Task ADeadlineThatIsRaised_IsWaitedFor()
    {
        await using var stub = await StubBalancer.WithChatAsync();
        stub.On($"POST {Moves.DrainOfNode}", Moves.Drain(300, deadline: "2"))
            .On($"GET {Moves.DrainOfNode}", Moves.Drain(300, deadline: "30"));
        var clock = new AutoAdvancingClock();

        var run = await WaitAsync(stub, clock);

        Assert.Equal(ExitCode.Failed, run.ExitCode);
        Assert.Equal(TimeSpan.FromSeconds(1 + 36), clock.Passed);
    }

    [Fact]
    public async Task Interrupted_Wait_ReportsThatTheDrainContinues()
    {
        await using var stub = await StubBalancer.WithChatAsync();
        stub.On(Moves.DrainOfNode, Moves.Drain(300));
        using var interrupt = new CancellationTokenSource();
        stub.OnRequest = request => InterruptAfter(stub, request, interrupt);

        var run = await CommandRun.OfAsync(
            new AutoAdvancingClock(), interrupt.Token, "drain", "ws-2", "--wait", "--admin", stub.Address);

        Assert.Equal(ExitCode.Failed, run.ExitCode);
        Assert.Equal(
            "wsbalancer: No longer waiting. The drain of ws-2 continues; 'wsbalancer resume ws-2' ends it.\n",
            run.Error);
        Assert.Equal($"POST {Moves.DrainOfNode}", Assert.Single(stub.Changes).ToString());
    }

    [Fact]
    public async Task Wait_DuringARestartOfTheBalancer_Continues()
    {
        await using var stub = await DrainingAsync(
            StubAnswer.Reset, StubAnswer.Reset, Moves.Drain(100), Moves.Drain(0, "drained"));

        var run = await WaitAsync(stub, new AutoAdvancingClock());

        Assert.Equal(ExitCode.Done, run.ExitCode);
        Assert.Equal(
            """
            wsbalancer: The balancer does not answer; retrying for 30 s.
            wsbalancer: The balancer answers again.

            """,
            run.Error);
    }

    [Fact]
    public async Task ABalancerThatStaysUnreachable_Exits3AfterHalfAMinute()
    {
        await using var stub = await DrainingAsync(Moves.Drain(100), StubAnswer.Reset);
        var clock = new AutoAdvancingClock();

        var run = await WaitAsync(stub, clock);

        Assert.Equal(ExitCode.Unreachable, run.ExitCode);
        Assert.Contains("Cannot reach a balancer at", run.Error, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromSeconds(2 + 30), clock.Passed);
    }

    private static async Task<StubBalancer> DrainingAsync(params StubAnswer[] answers) =>
        (await StubBalancer.WithChatAsync())
            .On($"POST {Moves.DrainOfNode}", Moves.Drain(300))
            .On($"GET {Moves.DrainOfNode}", answers);

    private static Task<CommandRun> WaitAsync(StubBalancer stub, AutoAdvancingClock clock, params string[] options) =>
        CommandRun.OfAsync(
            clock, CancellationToken.None, ["drain", "ws-2", "--wait", "--admin", stub.Address, .. options]);

    // The first request lists the clusters and the second begins the drain: the third request of the wait is
    // interrupted.
    private static void InterruptAfter(StubBalancer stub, StubRequest request, CancellationTokenSource interrupt)
    {
        if (request.Method is "GET" && stub.Requests.Count > 4)
        {
            interrupt.Cancel();
        }
    }
}
