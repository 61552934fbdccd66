using System.Globalization;
using System.Text.Json;
using WsBalancer.EndToEnd.Tests.Fixtures;
using WsBalancer.EndToEnd.Tests.Nodes;
using WsBalancer.EndToEnd.Tests.Processes;

namespace WsBalancer.EndToEnd.Tests.Logs;

/// <summary>The log format is one setting, which a reload can change.</summary>
public sealed class LogFormatTests : IAsyncLifetime
{
    private const string Format = "Logging:Console:FormatterName";

    private readonly ScriptedNode _node = ScriptedNode.Start("a");

    private string Engine { get; } = "auto";

    [Fact]
    public async Task Json_IsOneObjectALine_OnStandardError()
    {
        await using var balancer = await Balancer.Start(
            BalancerConfig.With(_node).Set(Format, "json").Set("Logging:LogLevel:WsBalancer", "Debug"), Engine);
        await balancer.Visit("alice");
        await balancer.UntilEmpty();
        await Until(balancer, "\"eventId\":101");

        var lines = balancer.Process.Lines.Where(line => line.StartsWith("! ", StringComparison.Ordinal)).ToArray();

        Assert.All(lines, line =>
        {
            using var entry = JsonDocument.Parse(line[2..]);
            var time = entry.RootElement.GetProperty("time").GetString()!;
            Assert.EndsWith("Z", time, StringComparison.Ordinal);
            Assert.True(DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, out _), time);
            Assert.NotEqual("", entry.RootElement.GetProperty("level").GetString());
            Assert.NotEqual("", entry.RootElement.GetProperty("category").GetString());
            Assert.NotEqual("", entry.RootElement.GetProperty("message").GetString());
        });
        var ended = Assert.Single(lines, line => line.Contains("\"eventId\":101", StringComparison.Ordinal));
        using var values = JsonDocument.Parse(ended[2..]);
        Assert.Equal("a", values.RootElement.GetProperty("values").GetProperty("Node").GetString());
    }

    [Fact]
    public async Task Format_FollowsAReload()
    {
        await using var balancer = await Balancer.Start(BalancerConfig.With(_node).Set(Format, "simple"), Engine);
        Assert.DoesNotContain("\"message\":", balancer.Process.Output, StringComparison.Ordinal);

        await balancer.Write(BalancerConfig.With(_node).Set(Format, "json").ToString());

        await Deadline.Until(
            "a line of JSON",
            () =>
            {
                balancer.Process.Send(Signal.Hangup);
                return balancer.Process.Output.Contains("\"message\":\"SIGHUP", StringComparison.Ordinal);
            },
            () => balancer.Process.Output);
    }

    [Fact]
    public async Task Run_CreatesNothingInTheHomeOfItsUser()
    {
        var home = Directory.CreateTempSubdirectory("wsbalancer-home-");
        var file = Path.Combine(home.FullName, "w.json");
        await File.WriteAllTextAsync(
            file,
            BalancerConfig.With(_node).Set("WsBalancer:State:Path", "off").ToString(),
            TestContext.Current.CancellationToken);
        await using (var process = RunningProcess.Start(
            "wsbalancer",
            Programs.Balancer,
            new Dictionary<string, string> { ["HOME"] = home.FullName },
            "run",
            "--config",
            file))
        {
            await process.After("wsbalancer ready");
            process.Send(Signal.Terminate);
            await process.ExitCode();
            Assert.DoesNotContain("DataProtection", process.Output, StringComparison.Ordinal);
        }

        Assert.Equal([file], home.EnumerateFileSystemInfos("*", SearchOption.AllDirectories).Select(it => it.FullName));
        home.Delete(recursive: true);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    private static Task Until(Balancer balancer, string text) => Deadline.Until(
        text,
        () => balancer.Process.Output.Contains(text, StringComparison.Ordinal),
        () => balancer.Process.Output);
}
