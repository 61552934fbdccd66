using WsBalancer.EndToEnd.Tests.Fixtures;
using WsBalancer.EndToEnd.Tests.Processes;

namespace WsBalancer.EndToEnd.Tests.Operations;

/// <summary>A fleet that refuses its users, in the log and in <c>wsbalancer status</c>.</summary>
public sealed class OutageTests
{
    [Fact]
    public async Task AllNodesDown_IsInTheLogAsAnError_AndInTheStatusUntilItIsOver()
    {
        await using var fleet = await WsFleet.Start(2, 2, config => config
            .Set($"{BalancerConfig.ClusterKey}:Health:Interval", "0.2s")
            .Set($"{BalancerConfig.ClusterKey}:Readiness:MinAvailableNodes", 1));
        var (before, ready) = (await fleet.Balancer.Command("status"), await fleet.Balancer.Command("nodes"));

        foreach (var node in fleet.Nodes)
        {
            node.Process.Send(Signal.Kill);
            await node.Process.ExitCode();
        }

        await fleet.Balancer.UntilHealth("ws-1", "unhealthy");
        await fleet.Balancer.UntilHealth("ws-2", "unhealthy");
        using var refused = await fleet.Balancer.SendRequest("alice");
        var during = await fleet.Balancer.Command("status");
        await using var again = await WsNode.Start("ws-1", fleet.Nodes[0].Port);
        await fleet.Balancer.UntilHealth("ws-1", "healthy");
        var after = await fleet.Balancer.Command("status");

        Assert.Equal((0, 0), (before.Code, ready.Code));
        Assert.Equal(1, during.Code);
        Assert.Contains("not ready: too few nodes are available", during.Output, StringComparison.Ordinal);
        Assert.Contains("refusing       cluster 'chat' has no available node", during.Output, StringComparison.Ordinal);
        Assert.Contains(
            "refusing       cluster 'chat' rejected requests in the last minute: unreachable 1",
            during.Output,
            StringComparison.Ordinal);
        Assert.DoesNotContain("no available node", after.Output, StringComparison.Ordinal);
        var log = fleet.Balancer.Process.Output;
        Assert.Contains(
            "fail: WsBalancer.Proxy.Fleet.FleetRegistry[211] Cluster 'chat' has no available node",
            log,
            StringComparison.Ordinal);
        Assert.Contains("Rejected: status=503 reason=unreachable", log, StringComparison.Ordinal);
        Assert.Contains("[212] Cluster 'chat' has available nodes again: 1 of 2.", log, StringComparison.Ordinal);
    }
}
