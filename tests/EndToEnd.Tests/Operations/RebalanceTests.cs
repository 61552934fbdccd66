using WsBalancer.EndToEnd.Tests.Fixtures;
using WsBalancer.EndToEnd.Tests.Wire;

namespace WsBalancer.EndToEnd.Tests.Operations;

/// <summary>A node is added by command, and the users whose home it is are moved to it.</summary>
public sealed class RebalanceTests
{
    private const int Users = 800;

    [Fact]
    public async Task AfterANodeIsAdded_OnlyItsUsersAreMoved_AndNoTunnelIsMisplacedInTheEnd()
    {
        await using var fleet = await WsFleet.Start(4, 3);
        await using var crowd = await Crowd.Gather(fleet.Balancer, Users, reconnects: true);
        var before = crowd.Nodes;
        await using var watch = ScrapeWatch.Of(fleet.Balancer);

        var add = await fleet.Balancer.Command("add", "--yes", $"ws-4={fleet.Nodes[3].Address}");
        await fleet.Balancer.UntilHealth("ws-4", "healthy");
        var misplaced = Misplaced(await fleet.Balancer.Cluster());
        var rebalance = await fleet.Balancer.Command("rebalance", "--rate", "100/s", "--wait");
        await crowd.UntilClosed(misplaced);
        await crowd.UntilPresent(Users);
        var after = crowd.Nodes;
        var moved = after.Where(user => before[user.Key] != user.Value).ToArray();
        var scrape = await fleet.Balancer.Scrape();

        Assert.True(add.Code == 0, add.Output);
        Assert.True(rebalance.Code == 0, rebalance.Output);
        Assert.InRange(misplaced, Users / 8, Users / 2);
        Assert.All(moved, user => Assert.Equal("ws-4", user.Value));
        Assert.All(crowd.ClosedTunnels, closed => Assert.Equal((1012, StreamEnd.Fin), (closed.Code, closed.End)));
        Assert.Equal(
            moved.Select(user => user.Key).Order(), crowd.ClosedTunnels.Select(closed => closed.User).Order());
        Assert.Equal((misplaced, 0), (moved.Length, Misplaced(await fleet.Balancer.Cluster())));
        Assert.Equal((misplaced, 0), (scrape.ClosedFor("rebalance"), scrape.Sum("wsbalancer_tunnels_misplaced")));
    }

    private static int Misplaced(System.Text.Json.Nodes.JsonNode cluster) =>
        cluster["nodes"]!.AsArray().Sum(node => (int)node!["misplaced"]!);
}
