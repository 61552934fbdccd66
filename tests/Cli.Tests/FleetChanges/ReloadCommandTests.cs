namespace WsBalancer.Cli.Tests.FleetChanges;

/// <summary><c>wsbalancer reload</c>, against answers of the admin API.</summary>
public sealed class ReloadCommandTests
{
    private const string Applied = """
        {"result":"applied","moves":[{"cluster":"chat","moved":0.25,"tunnelsMoved":3,"joined":[],"left":["ws-2"],
        "reweighed":[],"text":"25 % of the users of cluster 'chat'"}],"needRestart":["Urls"]}
        """;

    [Fact]
    public async Task Reload_ThatIsApplied_ShowsWhatMoves()
    {
        await using var stub = (await StubBalancer.StartAsync()).On("POST /api/v1/reload", Applied);

        var run = await stub.RunAsync("reload");

        Assert.Equal(ExitCode.Done, run.ExitCode);
        Assert.Equal(
            [
                "The configuration has changed and is applied.",
                "  25 % of the users of cluster 'chat'",
                "Read at the start only, needs a restart: Urls.",
            ],
            run.Lines);
        Assert.Equal(["/api/v1/reload"], stub.Targets);
    }

    [Fact]
    public async Task Reload_WithForce_RequestsForce()
    {
        await using var stub = (await StubBalancer.StartAsync())
            .On("POST /api/v1/reload", """{"result":"unchanged","moves":[],"needRestart":[]}""");

        var run = await stub.RunAsync("reload", "--force");

        Assert.Equal((ExitCode.Done, "The configuration is unchanged.\n"), (run.ExitCode, run.Output));
        Assert.Equal(["/api/v1/reload?force=true"], stub.Targets);
    }

    [Fact]
    public async Task Reload_ThatIsRefused_ListsTheReasons()
    {
        await using var stub = (await StubBalancer.StartAsync()).On("POST /api/v1/reload", new StubAnswer(
            409,
            "application/problem+json",
            """{"title":"Conflict","detail":"It is not applied.","reasons":["One\u001b[31m.","Two."]}"""));

        var run = await stub.RunAsync("reload");

        Assert.Equal((ExitCode.Failed, ""), (run.ExitCode, run.Output));
        Assert.Equal("wsbalancer: It is not applied.\n  One\\x1b[31m.\n  Two.\n", run.Error);
    }
}
