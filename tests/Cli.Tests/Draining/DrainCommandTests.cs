using System.Text.Json;

namespace WsBalancer.Cli.Tests.Draining;

public sealed class DrainCommandTests
{
    [Theory]
    [InlineData("", "{}")]
    [InlineData("--rate 100/s", """{"ratePerSecond":100}""")]
    [InlineData("--rate 100", """{"ratePerSecond":100}""")]
    [InlineData("--rate 0.5/s", """{"ratePerSecond":0.5}""")]
    [InlineData("--over 5m", """{"overSeconds":300}""")]
    [InlineData("--rate 0 --deadline none", """{"ratePerSecond":0,"deadlineSeconds":null}""")]
    [InlineData("--rate 0 --deadline 10m", """{"ratePerSecond":0,"deadlineSeconds":600}""")]
    [InlineData("--deadline 90s --code 4000 --force", """{"deadlineSeconds":90,"closeCode":4000,"force":true}""")]
    public async Task Drain_SendsOnlyTheOptionsThatAreGiven(string options, string body)
    {
        await using var stub = await StubBalancer.WithChatAsync();
        stub.On(Moves.DrainOfNode, Moves.Drain(300));

        var run = await stub.RunAsync(
            ["drain", "ws-2", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);

        Assert.Equal(ExitCode.Done, run.ExitCode);
        var change = Assert.Single(stub.Changes);
        Assert.Equal($"POST {Moves.DrainOfNode}", change.ToString());
        Assert.Equal(body, change.Body);
    }

    [Fact]
    public async Task Drain_ReportsItsProgress()
    {
        await using var stub = await StubBalancer.WithChatAsync();
        stub.On(Moves.DrainOfNode, Moves.Drain(299));

        var run = await stub.RunAsync("drain", "ws-2");

        Assert.Equal(
            [
                "ws-2 is draining: 299 of 300 tunnels remain, 100/s, about 3s left.",
                "What is left after 10m 0s is closed whatever the rate.",
                "'wsbalancer resume ws-2' ends the drain; 'wsbalancer nodes --watch' follows it.",
            ],
            run.Lines);
        Assert.Empty(run.Error);
    }

    [Fact]
    public async Task ACordon_ReportsThatItClosesNothing()
    {
        await using var stub = await StubBalancer.WithChatAsync();
        stub.On(Moves.DrainOfNode, Moves.Drain(300, rate: "0", deadline: "null"));

        var run = await stub.RunAsync("drain", "ws-2", "--rate", "0", "--deadline", "none");

        Assert.Equal(
            ["ws-2 is draining: 300 of 300 tunnels remain, none is closed.", "It has no deadline."], run.Lines.Take(2));
    }

    [Fact]
    public async Task Cordon_ClosesNothing_AndNamesTheCommandThatDoes()
    {
        await using var stub = await StubBalancer.WithChatAsync();
        stub.On(Moves.DrainOfNode, Moves.Drain(300, rate: "0", deadline: "null"));

        var run = await stub.RunAsync("cordon", "ws-2");

        Assert.Equal(ExitCode.Done, run.ExitCode);
        Assert.Equal("""{"ratePerSecond":0,"deadlineSeconds":null}""", Assert.Single(stub.Changes).Body);
        Assert.Equal(
            [
                "ws-2 is cordoned: new tunnels are placed elsewhere, and its 300 tunnels stay open.",
                "'wsbalancer drain ws-2' closes them at a pace; 'wsbalancer uncordon ws-2' takes it back.",
            ],
            run.Lines);
    }

    [Fact]
    public async Task Uncordon_EndsIt()
    {
        await using var stub = await StubBalancer.WithChatAsync();
        stub.On(Moves.DrainOfNode, Moves.Drain(0, state: "active"));

        var run = await stub.RunAsync("uncordon", "ws-2");

        Assert.Equal(ExitCode.Done, run.ExitCode);
        Assert.Equal($"DELETE {Moves.DrainOfNode}", Assert.Single(stub.Changes).ToString());
    }

    [Fact]
    public async Task WaitForWhatCannotEnd_IsWrongUsage_AndNothingIsDone()
    {
        await using var stub = await StubBalancer.WithChatAsync();

        var run = await stub.RunAsync("drain", "ws-2", "--rate", "0", "--deadline", "none", "--wait");

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains("--wait might never end", run.Error, StringComparison.Ordinal);
        Assert.Empty(stub.Changes);
    }

    [Fact]
    public async Task WaitForADrainThatTheBalancerNeverEnds_Exits1()
    {
        await using var stub = await StubBalancer.WithChatAsync();
        stub.On(Moves.DrainOfNode, Moves.Drain(3, rate: "0", deadline: "null"));

        var run = await stub.RunAsync("drain", "ws-2", "--deadline", "none", "--wait");

        Assert.Equal(ExitCode.Failed, run.ExitCode);
        Assert.Contains("give --rate, --over, --deadline or --timeout", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Drain_WithJson_PrintsTheAnswerAndNothingElse()
    {
        await using var stub = await StubBalancer.WithChatAsync();
        stub.On(Moves.DrainOfNode, Moves.Drain(299, shared: "false"));

        var run = await stub.RunAsync("drain", "ws-2", "--json");

        Assert.Equal($"{Moves.Drain(299, shared: "false")}\n", run.Output);
        Assert.Contains("Redis is away: it is done at this balancer", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(404, "There is no node 'ws-2'; known: ws-1.")]
    [InlineData(409, "'ws-2' is the last node that does not drain; force it.")]
    public async Task Drain_ThatIsRefused_Exits1WithTheReason(int status, string why)
    {
        await using var stub = await StubBalancer.WithChatAsync();
        stub.On(Moves.DrainOfNode, StubAnswer.Problem(status, why, title: ""));

        var run = await stub.RunAsync("drain", "ws-2", "--json");

        Assert.Equal(ExitCode.Failed, run.ExitCode);
        Assert.Equal($"wsbalancer: {why}\n", run.Error);
        using var problem = JsonDocument.Parse(run.Output);
        Assert.Equal(status, problem.RootElement.GetProperty("status").GetInt32());
        Assert.Equal(why, problem.RootElement.GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData("drain", "'wsbalancer drain' needs NODE.")]
    [InlineData("drain ws-2 --rate 1/s --over 5m", "--rate and --over exclude each other")]
    [InlineData("drain ws-2 --rate 0", "--rate 0 closes nothing and needs --deadline")]
    [InlineData("drain ws-2 --rate -1", "--rate takes a number of tunnels a second")]
    [InlineData("drain ws-2 --rate 1/m", "--rate takes a number of tunnels a second")]
    [InlineData("drain ws-2 --rate NaN", "--rate takes a number of tunnels a second")]
    [InlineData("drain ws-2 --over 5", "--over takes a duration such as")]
    [InlineData("drain ws-2 --deadline soon", "--deadline takes a duration such as")]
    [InlineData("drain ws-2 --deadline 0s", "--deadline takes a duration such as")]
    [InlineData("drain ws-2 --code 1006", "--code takes a code that may be sent (1000 to 1003, 1007 to 1014 or")]
    [InlineData("drain ws-2 --code 1004", "--code takes a code that may be sent")]
    [InlineData("drain ws-2 --code 5000", "--code takes a code that may be sent")]
    public async Task AWrongCommandLine_Exits2WithoutARequest(string line, string why)
    {
        var run = await CommandRun.OfAsync(line.Split(' '));

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains(why, run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Output);
    }

    [Theory]
    [InlineData("active", "", "ws-2 is active again.")]
    [InlineData("draining", "\"node\"", "The operator's drain of ws-2 has ended, but it is draining still: node.")]
    public async Task Resume_EndsTheDrain(string state, string sources, string expected)
    {
        await using var stub = await StubBalancer.WithChatAsync();
        stub.On(Moves.DrainOfNode, Moves.Drain(0, state, sources));

        var run = await stub.RunAsync("resume", "ws-2");
        var json = await stub.RunAsync("resume", "ws-2", "--json", "--cluster", "chat");

        Assert.Equal([$"DELETE {Moves.DrainOfNode}", $"DELETE {Moves.DrainOfNode}"], stub.Changes.Select(
            change => change.ToString()));
        Assert.Equal([expected], run.Lines);
        Assert.Equal($"{Moves.Drain(0, state, sources)}\n", json.Output);
    }

    [Fact]
    public async Task Resume_OfANodeThatDoesNotDrain_Exits1()
    {
        await using var stub = await StubBalancer.WithChatAsync();
        stub.On(Moves.DrainOfNode, StubAnswer.Problem(409, "No operator drains 'ws-2'."));

        var run = await stub.RunAsync("resume", "ws-2");

        Assert.Equal(ExitCode.Failed, run.ExitCode);
        Assert.Equal("wsbalancer: No operator drains 'ws-2'.\n", run.Error);
    }
}
