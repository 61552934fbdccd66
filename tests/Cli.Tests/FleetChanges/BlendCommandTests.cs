namespace WsBalancer.Cli.Tests.FleetChanges;

public sealed class BlendCommandTests
{
    private const string Step = $$"""
        {"from": "nginx", "to": "rendezvous", "share": 0.1, "epoch": 7, {{Moves.PlanFields}}}
        """;

    private const string Done = $$"""
        {"from": "nginx", "to": "rendezvous", "share": 0.1, "epoch": 8, "shared": true, {{Moves.PlanFields}}}
        """;

    [Theory]
    [InlineData("10%")]
    [InlineData("0.1")]
    public async Task Blend_ShowsThePlanAndThenDoesIt(string share)
    {
        await using var stub = await StubBalancer.WithChatAsync();
        stub.On($"GET {Moves.Blends}", Step).On($"POST {Moves.Blends}", Done);

        var run = await stub.RunAsync("blend", "--to", "rendezvous", "--share", share);

        Assert.Equal(ExitCode.Done, run.ExitCode);
        Assert.Equal(
            [$"GET {Moves.Blends}?to=rendezvous&share=0.1", $"POST {Moves.Blends} if \"7\""],
            stub.Requests.Skip(1).Select(request => request.ToString()));
        Assert.Equal("""{"to":"rendezvous","share":0.1}""", stub.Requests.Last().Body);
        Assert.Equal(
            [
                Moves.PlanLines[0],
                "         all of it is excess by definition: a blend changes the ring, and no node",
                .. Moves.PlanLines[1..],
                "rendezvous places 10.00% of all users, nginx the others. The fleet is at epoch 8.",
            ],
            run.Lines.SkipLast(1));
    }

    [Fact]
    public async Task Blend_WithJson_PrintsWhatWasDone()
    {
        await using var stub = await StubBalancer.WithChatAsync();
        stub.On($"GET {Moves.Blends}", Step).On($"POST {Moves.Blends}", Done);

        var run = await stub.RunAsync("blend", "--to", "rendezvous", "--share", "10%", "--json");

        Assert.Equal($"{Done}\n", run.Output);
    }

    [Fact]
    public async Task Blend_Alone_ShowsTheOneInForce()
    {
        await using var stub = await StubBalancer.WithChatAsync();
        stub.On($"GET {Moves.Blends}", Step);

        var run = await stub.RunAsync("blend");

        Assert.Equal(["blend    rendezvous places 10.00% of all users, nginx the others"], run.Lines);
        Assert.Empty(stub.Changes);
    }

    [Fact]
    public async Task Blend_Alone_ReportsThatThereIsNone()
    {
        const string None = """{"from": "nginx", "to": null, "share": 0, "epoch": 7, "nodes": []}""";
        await using var stub = await StubBalancer.WithChatAsync();
        stub.On($"GET {Moves.Blends}", None);

        var run = await stub.RunAsync("blend");
        var json = await stub.RunAsync("blend", "--json");

        Assert.Equal(["blend    none: nginx places all users"], run.Lines);
        Assert.Equal($"{None}\n", json.Output);
    }

    [Theory]
    [InlineData("blend --to rendezvous --share 120%", "--share takes a part of the users from 0% to 100%")]
    [InlineData("blend --to rendezvous --share 2", "--share takes a part of the users from 0% to 100%")]
    [InlineData("blend --to rendezvous --share -1%", "--share takes a part of the users from 0% to 100%")]
    [InlineData("blend --to rendezvous", "--to and --share belong together")]
    [InlineData("blend --share 10%", "--to and --share belong together")]
    [InlineData("blend --to nginks --share 10%", "--to takes one of rendezvous, nginx,")]
    public async Task AWrongCommandLine_Exits2(string line, string why)
    {
        var run = await CommandRun.OfAsync(line.Split(' '));

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains(why, run.Error, StringComparison.Ordinal);
    }
}
