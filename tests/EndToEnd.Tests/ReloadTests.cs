using System.Text.Json.Nodes;
using WsBalancer.EndToEnd.Tests.Clients;
using WsBalancer.EndToEnd.Tests.Fixtures;
using WsBalancer.EndToEnd.Tests.Nodes;
using WsBalancer.EndToEnd.Tests.Processes;
using WsBalancer.EndToEnd.Tests.Wire;

namespace WsBalancer.EndToEnd.Tests;

/// <summary>A reload applies the changes of the file, and no other open tunnel is affected.</summary>
public sealed class ReloadTests
{
    [Fact]
    public async Task OpenTunnels_AreUntouchedByAReload()
    {
        await using var fleet = await ScriptedFleet.Start();
        await using var fourth = ScriptedNode.Start("d");
        var clients = await Task.WhenAll(
            Enumerable.Range(0, 30).Select(i => fleet.Balancer.Open($"user-{i}")));
        await Task.WhenAll(clients.Select(client => client.ReadWelcome()));

        await fleet.Balancer.Write(BalancerConfig.With([.. fleet.Nodes, fourth]).ToString());
        await fleet.Balancer.Until("d is there", cluster => cluster["nodes"]!.AsArray().Count == 4);
        fleet.Balancer.Process.Send(Signal.Hangup);
        await AssertAlive(clients);

        Assert.Equal(30, fleet.Nodes.Sum(node => node.Upgrades));
    }

    [Fact]
    public async Task ARemovedNode_HasLeftWhenItsLastTunnelEnds()
    {
        await using var fleet = await ScriptedFleet.Start();
        var user = await fleet.Balancer.UserOf("a");
        using var client = await fleet.Balancer.Open(user);
        await client.ReadWelcome();

        await fleet.Balancer.Write(BalancerConfig.With(fleet.B, fleet.C).ToString());
        await fleet.Balancer.Until("a is leaving", cluster => (string?)Node(cluster, "a")?["state"] == "leaving");
        var elsewhere = await fleet.Balancer.Visit(user);
        var leaving = await fleet.Balancer.Node("a");
        await AssertAlive(client);
        await client.Close();

        Assert.NotEqual("a", elsewhere);
        Assert.Equal((0, 1), ((double)leaving!["share"]!, (int)leaving["misplaced"]!));
        await fleet.Balancer.Until("a is gone", cluster => Node(cluster, "a") is null);
    }

    [Fact]
    public async Task ANewAddress_UnderTheSameId_KeepsUsersAndTunnels()
    {
        await using var fleet = await ScriptedFleet.Start();
        await using var moved = ScriptedNode.Start("a");
        var user = await fleet.Balancer.UserOf("a");
        using var client = await fleet.Balancer.Open(user);
        await client.ReadWelcome();

        await fleet.Balancer.Write(BalancerConfig.With(moved, fleet.B, fleet.C).ToString());
        await fleet.Balancer.Until(
            "a has its new address", cluster => (string?)Node(cluster, "a")!["address"] == moved.Address);
        await fleet.Balancer.Visit(user);
        await AssertAlive(client);

        Assert.Equal((1, 1), (fleet.A.Upgrades, moved.Upgrades));
    }

    [Theory]
    [InlineData("Handshake:Attempts", "many")]
    [InlineData("Handshake:Attemts", "3")]
    [InlineData("Tunnels:CloseTimeout", "-1s")]
    public async Task AWrongFile_ChangesNothingAndIsReported(string key, string value)
    {
        await using var fleet = await ScriptedFleet.Start();
        using var client = await fleet.Balancer.Open("alice");
        await client.ReadWelcome();
        var wrong = BalancerConfig.With(fleet.A).Set($"{BalancerConfig.ClusterKey}:{key}", value);

        await fleet.Balancer.Write(wrong.ToString());
        await fleet.Balancer.UntilWritten("is not applied");
        var cluster = await fleet.Balancer.Cluster();
        await AssertAlive(client);

        Assert.Equal(3, cluster["nodes"]!.AsArray().Count);
        Assert.Contains($"{BalancerConfig.ClusterKey}:{key}", fleet.Balancer.Process.Output, StringComparison.Ordinal);
        Assert.Equal(0, (await fleet.Balancer.Owner("alice"))["tunnels"]!.AsArray().Count(IsMisplaced));
    }

    // A template produces such a file when its values are missing.
    [Theory]
    [InlineData("{}", "no cluster would be left")]
    [InlineData("NODES", "would be left without a node")]
    public async Task AFileThatIsEmptied_ChangesNothingAndReportsWhatWouldBeLost(string emptied, string loss)
    {
        await using var fleet = await ScriptedFleet.Start();
        using var client = await fleet.Balancer.Open("alice");
        await client.ReadWelcome();

        await fleet.Balancer.Write(emptied.Replace(
            "NODES",
            BalancerConfig.With(fleet.A).RemoveNode("a").Set("WsBalancer:State:Redis", "127.0.0.1:1").ToString(),
            StringComparison.Ordinal));
        await fleet.Balancer.UntilWritten("is not applied");
        await AssertAlive(client);
        var next = await fleet.Balancer.Visit("bob");

        Assert.Contains(loss, fleet.Balancer.Process.Output, StringComparison.Ordinal);
        Assert.Contains("3 nodes and 1 tunnel now", fleet.Balancer.Process.Output, StringComparison.Ordinal);
        Assert.Contains(next, fleet.Nodes.Select(node => node.Name));
        Assert.Equal(3, (await fleet.Balancer.Cluster())["nodes"]!.AsArray().Count);
    }

    // The file names no node any more; the node that was added at run time stays.
    [Fact]
    public async Task AFileWithoutNodes_IsApplied_IfNodesWereAddedAtRunTime()
    {
        await using var fleet = await ScriptedFleet.Start(config => config.Set("WsBalancer:Reload:MaxMoved", "100%"));
        await using var fourth = ScriptedNode.Start("d");
        var added = await fleet.Balancer.Command("add", "--yes", $"d={fourth.Address}");

        await fleet.Balancer.Write(BalancerConfig.With(fleet.A).RemoveNode("a")
            .Set("WsBalancer:Reload:MaxMoved", "100%").ToString());
        await fleet.Balancer.Until("only d is left", cluster => cluster["nodes"]!.AsArray().Count == 1);

        Assert.Equal(0, added.Code);
        Assert.Equal("d", await fleet.Balancer.Visit("alice"));
    }

    // YARP would ignore this unknown key.
    [Fact]
    public async Task ATypoInYarpsPart_ChangesNothingAndIsNamed()
    {
        await using var fleet = await ScriptedFleet.Start();

        await fleet.Balancer.Write(BalancerConfig.With(fleet.Nodes).ToString()
            .Replace("\"Destinations\"", "\"Destination\"", StringComparison.Ordinal));
        await fleet.Balancer.UntilWritten("is not applied");

        Assert.Contains(
            "ReverseProxy:Clusters:chat:Destination is not a known key: did you mean Destinations?",
            fleet.Balancer.Process.Output,
            StringComparison.Ordinal);
        Assert.Equal(3, (await fleet.Balancer.Cluster())["nodes"]!.AsArray().Count);
    }

    // Deployments wait for "ready" before they continue, and the next step may be a change of the file.
    [Fact]
    public async Task AChange_RightAfterReady_IsNotMissed()
    {
        await using var fleet = await ScriptedFleet.Start();

        await fleet.Balancer.Write(BalancerConfig.With(fleet.A, fleet.B).ToString());

        await fleet.Balancer.Until("c is gone", cluster => cluster["nodes"]!.AsArray().Count == 2);
    }

    [Fact]
    public async Task AHangup_RightAfterReady_DoesNoHarm()
    {
        await using var fleet = await ScriptedFleet.Start();

        fleet.Balancer.Process.Send(Signal.Hangup);
        await fleet.Balancer.UntilWritten("SIGHUP");
        await fleet.Balancer.UntilWritten("The configuration is unchanged.");

        Assert.Equal(3, (await fleet.Balancer.Cluster())["nodes"]!.AsArray().Count);
    }

    [Fact]
    public async Task AFileThatCannotBeRead_ChangesNothing_AndTheNextGoodOneCounts()
    {
        await using var fleet = await ScriptedFleet.Start();
        await fleet.Balancer.Visit("alice");

        await fleet.Balancer.Write("{ \"WsBalancer\": ");
        await fleet.Balancer.UntilWritten("is not applied");
        var before = await fleet.Balancer.Cluster();
        await fleet.Balancer.Write(BalancerConfig.With(fleet.A, fleet.B).ToString());
        await fleet.Balancer.Until("c is gone", cluster => cluster["nodes"]!.AsArray().Count == 2);

        Assert.Equal(3, before["nodes"]!.AsArray().Count);
    }

    private static async Task AssertAlive(params RawClient[] clients)
    {
        foreach (var client in clients)
        {
            await client.Send(Frame.Text("still here"));
            Assert.Equal("still here", (await client.Read()).PayloadText);
        }
    }

    private static JsonNode? Node(JsonNode cluster, string name) =>
        cluster["nodes"]!.AsArray().FirstOrDefault(node => (string?)node!["id"] == name);

    private static bool IsMisplaced(JsonNode? tunnel) => (bool)tunnel!["misplaced"]!;
}
