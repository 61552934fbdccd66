using System.Diagnostics;
using WsBalancer.EndToEnd.Tests;
using WsBalancer.EndToEnd.Tests.Fixtures;

namespace WsBalancer.Faults.Tests.Nodes;

/// <summary>Nodes are killed: one node, and all nodes.</summary>
public sealed class NodeFaultTests(ITestOutputHelper output)
{
    private const int Users = 60;

    [Theory]
    [ClassData<EveryEngine>]
    public async Task KilledNode_ItsUsersAreElsewhereAtOnce_AndTheOthersNoticeNothing(string engine)
    {
        var nodes = await WsNode.StartAll("ws-1", "ws-2", "ws-3");
        await using var owned = new Together([.. nodes]);
        await using var balancer = await Balancer.Start(BalancerConfig.With(nodes), engine);
        await using var crowd = await Crowd.Gather(balancer, Users, reconnects: true);
        var before = crowd.Nodes;
        var hit = before.Count(static user => user.Value == "ws-2");
        Assert.InRange(hit, 1, Users - 1);

        var begun = Stopwatch.GetTimestamp();
        await nodes[1].Kill();
        await Deadline.Until(
            "all users are present elsewhere",
            () => crowd.Present == Users && !crowd.Nodes.ContainsValue("ws-2"),
            () => balancer.Process.Output);
        var healed = Stopwatch.GetElapsedTime(begun);

        var moved = crowd.Nodes.Count(user => user.Value != before[user.Key]);
        var scrape = await balancer.Scrape();
        Assert.Equal(hit, moved);
        Assert.Equal(scrape.Opened, scrape.Active + scrape.Closed);
        Assert.Equal(0, scrape.Sum("wsbalancer_rejected_total"));
        FaultReport.Add(
            $"a node is killed ({engine})",
            "its users: the end of the connection, then 101 at another node; the others: nothing",
            "what was on its way to and from the node",
            healed,
            output);
    }

    [Theory]
    [ClassData<EveryEngine>]
    public async Task AllNodesKilled_UsersGet503_AndAreBackWhenANodeIs(string engine)
    {
        var nodes = await WsNode.StartAll("ws-1", "ws-2");
        await using var owned = new Together([.. nodes]);
        await using var balancer = await Balancer.Start(BalancerConfig.With(nodes), engine);
        await balancer.Visit("alice");
        await Task.WhenAll(nodes.Select(static node => node.Kill()));

        using (var refused = await balancer.SendRequest("alice"))
        {
            Assert.Equal(503, refused.Response.Status);
            Assert.NotNull(refused.Response["Retry-After"]);
        }

        var begun = Stopwatch.GetTimestamp();
        await using var back = await WsNode.Start("ws-1", nodes[0].Port);
        var started = Stopwatch.GetElapsedTime(begun);
        await Deadline.Until("a user is served", () => IsServed(balancer), () => balancer.Process.Output);

        FaultReport.Add(
            $"all nodes are killed ({engine})",
            "503 with Retry-After at once",
            "what was on its way",
            Stopwatch.GetElapsedTime(begun) - started,
            output);
    }

    private static async Task<bool> IsServed(Balancer balancer)
    {
        using var client = await balancer.SendRequest("alice");
        return client.Response.Status == 101;
    }
}
