using System.Diagnostics;
using System.Text.Json.Nodes;
using WsBalancer.EndToEnd.Tests;
using WsBalancer.EndToEnd.Tests.Fixtures;

namespace WsBalancer.Faults.Tests.Balancers;

/// <summary>A balancer is killed while it drains a node and receives changes, and is then restarted.</summary>
public sealed class KilledBalancerTests(ITestOutputHelper output)
{
    private const int Users = 60;
    private const int FirstWeight = 2;

    // This many changes are acknowledged before the kill.
    private const int Acknowledged = 20;

    [Theory]
    [ClassData<EveryEngine>]
    public async Task KilledInADrainAndAChange_HasAllThatWasAcknowledged_AndItsUsersBack(string engine)
    {
        await using var fleet = await WsFleet.Start(4, 3, engine: engine);
        var balancer = fleet.Balancer;
        await using var crowd = await Crowd.Gather(balancer, Users, reconnects: true);
        await balancer.Add(fleet.Nodes[3]);
        await balancer.Drain("ws-1", rate: 4);
        await crowd.UntilClosed(1);
        var changes = new WeightChanges(balancer, "ws-2", FirstWeight);
        await changes.Until(Acknowledged);

        var begun = Stopwatch.GetTimestamp();
        await balancer.Kill();
        var last = await changes.UntilRefused();
        await balancer.StartAgain();
        await crowd.UntilPresent(Users);
        var healed = Stopwatch.GetElapsedTime(begun);
        var after = await balancer.Cluster();
        await UntilDrained(balancer, crowd);

        Assert.True(Has(after, last, last + 1), $"{last} was acknowledged: {after}");
        FaultReport.Add(
            $"a balancer is killed in a drain and a change ({engine})",
            "its users: the end of the connection, then refused connections until it is back",
            "what was on its way",
            healed,
            output);
    }

    [Theory]
    [ClassData<EveryEngine>]
    public async Task KilledOneOfTwo_UsersOfTheOtherNoticeNothing_AndBothAgreeInTheEnd(string engine)
    {
        await using var pair = await TwoBalancers.Start(engine: engine);
        await using var fourth = await WsNode.Start("ws-4");
        using var others = await OpenTunnels.Open(pair.Two, Users / 4, without: "ws-1");
        await using var crowd = await Crowd.Gather(
            [() => pair.One.Endpoint, () => pair.Two.Endpoint], Users, reconnects: true);
        await pair.One.Add(fourth);
        await pair.One.Drain("ws-1", rate: 4);
        await pair.Two.Until("it has both", static cluster => Has(cluster, FirstWeight - 1, 1));
        await crowd.UntilClosed(1);
        var changes = new WeightChanges(pair.One, "ws-2", FirstWeight);
        await changes.Until(Acknowledged);

        var begun = Stopwatch.GetTimestamp();
        await pair.One.Kill();
        var last = await changes.UntilRefused();
        await others.Echo();
        await crowd.UntilPresent(Users);
        var present = Stopwatch.GetElapsedTime(begun);
        await pair.Two.Until("it has all that was acknowledged", cluster => Has(cluster, changes.LastShared, last + 1));
        await pair.One.StartAgain();
        await pair.Until("both have it", cluster => Has(cluster, last, last + 1));
        await Deadline.Until("both have the same ring", () => Agree(pair), () => pair.One.Process.Output);
        await UntilDrained(pair.Two, crowd);
        await others.Echo();

        FaultReport.Add(
            $"one of two balancers is killed in a drain and a change ({engine})",
            "its users: the end of the connection, then 101 through the other one; the users of that: nothing",
            "what was on its way",
            present,
            output);
    }

    // The change that was pending at the kill may have been made or not.
    private static bool Has(JsonNode cluster, int least, int most) =>
        cluster.IsDraining("ws-1") && cluster.Find("ws-4") is not null
        && cluster.WeightOf("ws-2") >= least && cluster.WeightOf("ws-2") <= most;

    private static async Task<bool> Agree(TwoBalancers pair) =>
        (string?)(await pair.One.Cluster())["ring"]!["fingerprint"]
            == (string?)(await pair.Two.Cluster())["ring"]!["fingerprint"];

    private static async Task UntilDrained(Balancer balancer, Crowd crowd)
    {
        await balancer.Until("ws-1 is drained", static cluster => cluster.StateOf("ws-1") == "drained");
        await crowd.UntilPresent(Users);
        Assert.DoesNotContain("ws-1", crowd.Nodes.Values);
    }
}
