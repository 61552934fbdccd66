using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using WsBalancer.EndToEnd.Tests.Fixtures;

namespace WsBalancer.EndToEnd.Tests.Operations;

/// <summary><c>wsbalancer reload</c>, and changes of the file that require it.</summary>
public sealed partial class ReloadCommandTests
{
    private const string Successful = "wsbalancer_config_last_reload_successful";
    private const string SuccessTime = "wsbalancer_config_last_reload_success_timestamp_seconds";

    [Fact]
    public async Task AFileThatMovesMostUsers_IsApplied_ByForceOnly()
    {
        await using var fleet = await ScriptedFleet.Start();
        using var client = await fleet.Balancer.Open(await fleet.Balancer.UserOf("b"));
        await client.ReadWelcome();
        var started = (await fleet.Balancer.Scrape()).Sum(SuccessTime);

        await fleet.Balancer.Write(BalancerConfig.With(fleet.A).ToString());
        await fleet.Balancer.UntilWritten("is not applied");
        var refused = await fleet.Balancer.Command("reload");
        var nodes = (await fleet.Balancer.Cluster())["nodes"]!.AsArray().Count;
        var failed = await fleet.Balancer.Scrape();
        var forced = await fleet.Balancer.Command("reload", "--force");
        await fleet.Balancer.Until("a alone has users", cluster => Shares(cluster) is [1, ..]);
        var again = await fleet.Balancer.Command("reload");

        Assert.Equal((1, 3), (refused.Code, nodes));
        Assert.Contains(
            "! wsbalancer: The configuration is not applied", refused.Output, StringComparison.Ordinal);
        Assert.Matches(
            @"!   The changed configuration would move 6\d\.?\d* % of the users of cluster 'chat' \(1 open tunnel of "
                + @"this balancer\): without b and c\. WsBalancer:Reload:MaxMoved is 50%\.",
            refused.Output);
        Assert.Equal((0, started), (failed.Sum(Successful), failed.Sum(SuccessTime)));
        Assert.Equal(0, forced.Code);
        Assert.StartsWith(
            "The configuration has changed and is applied.\n  6", forced.Output, StringComparison.Ordinal);
        Assert.Equal((0, "The configuration is unchanged."), (again.Code, again.Output));
        var after = await fleet.Balancer.Scrape();
        Assert.Equal(1, after.Sum(Successful));
        Assert.True(after.Sum(SuccessTime) > started);
        Assert.Matches(
            @"info: .*The changed configuration moves 6.* of cluster 'chat' .*: without b and c",
            fleet.Balancer.Process.Output);
    }

    [Fact]
    public async Task AFileThatEmptiesACluster_IsApplied_ByForceOnly()
    {
        await using var fleet = await ScriptedFleet.Start(
            config => config.Set("WsBalancer:Reload:MaxMoved", "100%"));

        await fleet.Balancer.Write(BalancerConfig.With(fleet.A).RemoveNode("a")
            .Set("WsBalancer:Reload:MaxMoved", "100%").ToString());
        await fleet.Balancer.UntilWritten("is not applied");
        var refused = await fleet.Balancer.Command("reload");
        var forced = await fleet.Balancer.Command("reload", "--force", "--json");
        await fleet.Balancer.Until("no node is left", cluster => cluster["nodes"]!.AsArray().Count == 0);

        Assert.Equal((1, 0), (refused.Code, forced.Code));
        Assert.Contains(
            "!   Cluster 'chat' would be left without a node: it has 3 nodes and 0 tunnels now.",
            refused.Output,
            StringComparison.Ordinal);
        var answer = JsonNode.Parse(forced.Output)!;
        Assert.Equal("applied", (string?)answer["result"]);
        Assert.Equal(1, (double)answer["moves"]![0]!["moved"]!);
    }

    [Fact]
    public async Task AFileWithAMistake_IsReportedByTheCommand()
    {
        await using var fleet = await ScriptedFleet.Start();
        await fleet.Balancer.Write("{\n\"Urls\": nothing\n}");

        var refused = await fleet.Balancer.Command("reload", "--force");

        Assert.Equal(1, refused.Code);
        Assert.Contains(
            "! wsbalancer: The configuration has mistakes and is not applied.",
            refused.Output,
            StringComparison.Ordinal);
        Assert.Contains("wsbalancer.json, line 2, byte ", refused.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AChange_OfWhatTheStartReads_IsNamedKeyByKey()
    {
        await using var fleet = await ScriptedFleet.Start();
        var config = BalancerConfig.With(fleet.Nodes)
            .Set("Urls", "http://127.0.0.1:0;http://127.0.0.2:0")
            .Set("Kestrel:Limits:MaxRequestLineSize", "16KB")
            .Set("WsBalancer:Admin:MaxConnections", "100")
            .Set("WsBalancer:State:Id", "another")
            .Set("WsBalancer:Shutdown:Timeout", "5s")
            .Set("WsBalancer:Sockets:FirstByteTimeout", "5s");

        await fleet.Balancer.Write(config.ToString());

        await fleet.Balancer.UntilWritten(
            "read at the start only and need a restart: Kestrel:Limits:MaxRequestLineSize, Urls, "
            + "WsBalancer:Admin:MaxConnections, WsBalancer:Shutdown:Timeout, WsBalancer:Sockets:FirstByteTimeout, "
            + "WsBalancer:State:Id.");
        Assert.Single(
            fleet.Balancer.Process.Lines, line => line.Contains("WsBalancer:State", StringComparison.Ordinal));
        var answer = await fleet.Balancer.Command("reload");
        Assert.Contains(
            "needs a restart: Kestrel:Limits:MaxRequestLineSize, Urls", answer.Output, StringComparison.Ordinal);
    }

    // The volume of a ConfigMap changes in this way: only the link above the folder of the file is replaced.
    [Fact]
    public async Task ALinkAboveTheFile_IsFollowed()
    {
        await using var fleet = await ScriptedFleet.Start();
        var folder = fleet.Balancer.Folder;
        var file = Path.Combine(folder, "wsbalancer.json");
        await WriteVersion(
            folder, "..1", BalancerConfig.With(fleet.Nodes).Set("WsBalancer:Log:RejectionsPerSecond", 1));
        Point(folder, "..data", "..1");
        Point(folder, "wsbalancer.json", Path.Combine("..data", "wsbalancer.json"));
        await fleet.Balancer.UntilWritten("has changed and is applied");

        await WriteVersion(folder, "..2", BalancerConfig.With(fleet.A, fleet.B));
        Point(folder, "..data", "..2");

        await fleet.Balancer.Until("c is gone", cluster => cluster["nodes"]!.AsArray().Count == 2);
        Assert.Equal(Path.Combine("..data", "wsbalancer.json"), new FileInfo(file).LinkTarget);
    }

    private static double[] Shares(JsonNode cluster) =>
        [.. cluster["nodes"]!.AsArray().Select(node => (double)node!["share"]!).OrderDescending()];

    private static async Task WriteVersion(string folder, string name, BalancerConfig config)
    {
        var version = Directory.CreateDirectory(Path.Combine(folder, name));
        await File.WriteAllTextAsync(
            Path.Combine(version.FullName, "wsbalancer.json"),
            config.ToString(),
            TestContext.Current.CancellationToken);
    }

    // Replaces a link, or a file by a link, in one step.
    private static void Point(string folder, string name, string target)
    {
        var next = Path.Combine(folder, "..next");
        File.CreateSymbolicLink(next, target);
        Assert.Equal(0, Rename(next, Path.Combine(folder, name)));
    }

    // The platform's method does not move a link to a folder onto another one.
    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Rename(string from, string to);
}
