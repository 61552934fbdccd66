namespace WsBalancer.Cli.Tests.Run;

/// <summary><c>wsbalancer check</c>, on files that leave users without a node.</summary>
public sealed class EmptyFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("wsbalancer-check-");

    [Fact]
    public async Task FileWithoutAnything_IsAMistake()
    {
        var run = await CheckAsync("{}");

        Assert.Equal((ExitCode.Usage, ""), (run.ExitCode, run.Output));
        Assert.Contains("ReverseProxy:Clusters", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ClusterWithoutNodes_IsAMistake()
    {
        var run = await CheckAsync(Cluster("{}", "{}"));

        Assert.Equal((ExitCode.Usage, ""), (run.ExitCode, run.Output));
        Assert.Contains("ReverseProxy:Clusters:chat:Destinations", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ClusterWhoseNodesRegisterThemselves_IsFine()
    {
        var run = await CheckAsync(Cluster("{}", """{ "Redis": "127.0.0.1:6379" }"""));

        Assert.Equal((ExitCode.Done, ""), (run.ExitCode, run.Error));
    }

    [Fact]
    public async Task ClusterWhoseNodesWereAddedAtRunTime_IsFine()
    {
        await WriteAsync("wsbalancer.state.json", """
            {"version":1,"records":[{"record":{"cluster":"chat","kind":"member","node":"ws-9","number":1,"writer":"b-1",
            "value":{"origin":"added","address":"http://127.0.0.1:5009/","weight":1,"ringKey":null}},
            "standing":"inEffect"}]}
            """);

        var run = await CheckAsync(Cluster("{}", "{}"));

        Assert.Equal((ExitCode.Done, ""), (run.ExitCode, run.Error));
    }

    [Fact]
    public async Task Run_OfAFileWithoutNodes_Exits2()
    {
        await WriteAsync("wsbalancer.json", Cluster("{}", "{}"));

        var run = await CommandRun.OfAsync("run", "--config", Path.Combine(_folder.FullName, "wsbalancer.json"));

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains("ReverseProxy:Clusters:chat:Destinations", run.Error, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static string Cluster(string destinations, string state) => $$"""
        {
          "ReverseProxy": {
            "Routes": { "chat": { "ClusterId": "chat", "Match": { "Path": "/{**any}" } } },
            "Clusters": { "chat": { "LoadBalancingPolicy": "PowerOfTwoChoices", "Destinations": {{destinations}} } }
          },
          "WsBalancer": { "Clusters": { "chat": { "UserKey": "query:user" } }, "State": {{state}} }
        }
        """;

    private Task WriteAsync(string name, string json) => File.WriteAllTextAsync(
        Path.Combine(_folder.FullName, name), json, TestContext.Current.CancellationToken);

    private async Task<CommandRun> CheckAsync(string json)
    {
        await WriteAsync("wsbalancer.json", json);
        return await CommandRun.OfAsync("check", "--config", Path.Combine(_folder.FullName, "wsbalancer.json"));
    }
}
