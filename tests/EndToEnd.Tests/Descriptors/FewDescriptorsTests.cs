using System.Globalization;
using System.Text.RegularExpressions;
using WsBalancer.EndToEnd.Tests.Fixtures;
using WsBalancer.EndToEnd.Tests.Nodes;
using WsBalancer.EndToEnd.Tests.Processes;

namespace WsBalancer.EndToEnd.Tests.Descriptors;

/// <summary>
/// A start with few descriptors either works, or fails with a message that states the limit and the remedy.
/// </summary>
public sealed partial class FewDescriptorsTests : IAsyncDisposable
{
    private readonly ScriptedNode _node = ScriptedNode.Start("a");
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("wsbalancer-");

    [Theory]
    [InlineData(60)]
    [InlineData(100)]
    [InlineData(200)]
    [InlineData(250)]
    [InlineData(300)]
    public async Task Start_WithTooFew_FailsWithTheLimitAndWhatIsNeeded(int limit)
    {
        await using var process = Run(limit);

        Assert.Equal(1, await process.ExitCode());
        var line = Assert.Single(process.Lines);
        Assert.Contains($"at most {limit} descriptors", line, StringComparison.Ordinal);
        Assert.Contains("ulimit -n", line, StringComparison.Ordinal);
        Assert.Contains("LimitNOFILE=", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sockets")]
    [InlineData("epoll")]
    [InlineData("io_uring")]
    public async Task Start_WithJustEnough_ServesUsers_AndWarns(string engine)
    {
        int least;
        await using (var refused = Run(200))
        {
            await refused.ExitCode();
            least = int.Parse(Needed().Match(refused.Output).Groups[1].Value, CultureInfo.InvariantCulture);
        }

        await using var process = Run(least, engine);
        await process.After("wsbalancer ready");
        var endpoint = new Uri((await process.After("wsbalancer listening on "))[0]);
        using var client = await Clients.RawClient.Open(endpoint.Port, "/chat?user=alice");

        Assert.Equal("a", await client.ReadWelcome());
        Assert.Matches(Warning(), process.Output);
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private RunningProcess Run(int limit, string engine = "auto")
    {
        var file = Path.Combine(_folder.FullName, "wsbalancer.json");
        File.WriteAllText(file, BalancerConfig.With(_node).ToString());
        return RunningProcess.Start(
            "wsbalancer",
            "/bin/sh",
            new Dictionary<string, string> { [RunningProcess.EngineVariable] = engine },
            "-c",
            $"ulimit -n {limit}; exec \"$0\" \"$@\"",
            Programs.Balancer,
            "run",
            "--config",
            file);
    }

    [GeneratedRegex(@"needs at least (\d+)")]
    private static partial Regex Needed();

    [GeneratedRegex(@"warn: .*\d+ descriptors.*for \d+ tunnels")]
    private static partial Regex Warning();
}
