using System.Text.Json.Nodes;
using WsBalancer.EndToEnd.Tests.Fixtures;
using WsBalancer.EndToEnd.Tests.Processes;
using WsBalancer.EndToEnd.Tests.Wire;

namespace WsBalancer.EndToEnd.Tests.Operations;

/// <summary>
/// A node that receives a stop signal reports that it drains: no operator is needed, at the stop or at the restart.
/// </summary>
public sealed class SelfDrainTests
{
    private const string ActiveCheck = $"ReverseProxy:Clusters:{BalancerConfig.Cluster}:HealthCheck:Active";

    [Fact]
    public async Task ANodeThatStops_IsDrained_AndIsActiveWhenItIsStartedAgain()
    {
        await using var fleet = await WsFleet.Start(2, 2, config => config
            .Set($"{ActiveCheck}:Enabled", true)
            .Set($"{ActiveCheck}:Path", "/healthz")
            .Set($"{BalancerConfig.ClusterKey}:Health:Interval", "0.2s"));
        await using var crowd = await Crowd.Gather(fleet.Balancer, 100, reconnects: true);
        var before = crowd.Nodes;
        var user = await fleet.Balancer.UserOf("ws-1");
        await using var watch = ScrapeWatch.Of(fleet.Balancer);

        // A client that does not answer keeps the node waiting; until then the node reports that it drains.
        using var slow = await fleet.Balancer.Open(user);
        await slow.ReadWelcome();
        fleet.Nodes[0].Process.Send(Signal.Terminate);
        await UntilState(fleet.Balancer, "it drains by itself", "draining", "drained");
        var sources = (await WsFleet.Drain(fleet.Balancer, "ws-1"))["sources"]!.AsArray();
        var during = await fleet.Balancer.Visit(user);
        var close = await slow.Read();
        await slow.Send(Frame.Close(close.CloseCode ?? 0));
        var code = await fleet.Nodes[0].Process.ExitCode();
        await UntilState(fleet.Balancer, "it is drained", "drained");
        await crowd.UntilPresent(100);
        Assert.DoesNotContain("ws-1", crowd.Nodes.Values);

        await using var again = await WsNode.Start("ws-1", fleet.Nodes[0].Port);
        await UntilState(fleet.Balancer, "it takes users again", "active");
        await fleet.Balancer.UntilHealth("ws-1", "healthy");
        var after = await fleet.Balancer.VisitAll(before.Keys);

        Assert.Equal(["node"], sources.Select(source => (string?)source));
        Assert.Equal(("ws-2", 0), (during, code));
        Assert.Equal(before, after);
    }

    private static Task UntilState(Balancer balancer, string fact, params string[] states) => balancer.Until(
        fact, cluster => states.Contains((string?)Node(cluster)["state"]));

    private static JsonNode Node(JsonNode cluster) =>
        cluster["nodes"]!.AsArray().Single(node => (string?)node!["id"] == "ws-1")!;
}
