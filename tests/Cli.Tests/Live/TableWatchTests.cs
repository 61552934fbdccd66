namespace WsBalancer.Cli.Tests.Live;

public sealed class TableWatchTests
{
    private static readonly string Fewer =
        Documents.Chat.Replace("\"tunnels\": 80", "\"tunnels\": 79", StringComparison.Ordinal);

    [Fact]
    public async Task Watch_WritesTheTableAgainWheneverItChanges()
    {
        var run = await WatchAsync([Documents.Chat, Documents.Chat, Fewer, Fewer], seconds: 4);

        Assert.Equal(ExitCode.Done, run.ExitCode);
        Assert.Empty(run.Error);
        var tables = run.Output.Split("\n\n");
        Assert.Equal(2, tables.Length);
        Assert.Contains("  80         80  ", tables[0].Split('\n')[2], StringComparison.Ordinal);
        Assert.Contains("  79         80  ", tables[1].Split('\n')[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watch_WithJson_WritesOneDocumentALine()
    {
        var run = await WatchAsync([Documents.Chat, Documents.Chat, Fewer], seconds: 3, "--json");

        Assert.Equal(2, run.Lines.Count());
        Assert.Contains("\"tunnels\":79", run.Lines.Last(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watch_ContinuesAfterARestart()
    {
        var run = await WatchAsync([Documents.Chat, StubAnswer.Reset, Fewer], seconds: 3, "--json");

        Assert.Equal(ExitCode.Done, run.ExitCode);
        Assert.Equal(2, run.Lines.Count());
        Assert.Contains("The balancer answers again.", run.Error, StringComparison.Ordinal);
    }

    private static async Task<CommandRun> WatchAsync(StubAnswer[] answers, int seconds, params string[] options)
    {
        await using var stub = await StubBalancer.StartAsync();
        stub.On(Documents.Clusters, answers);
        using var interrupt = new CancellationTokenSource();
        stub.OnRequest = _ =>
        {
            if (stub.Requests.Count > seconds)
            {
                interrupt.Cancel();
            }
        };
        return await CommandRun.OfAsync(
            new AutoAdvancingClock(), interrupt.Token, ["nodes", "--watch", "--admin", stub.Address, .. options]);
    }
}
