using WsBalancer.EndToEnd.Tests.Fixtures;
using WsBalancer.EndToEnd.Tests.Wire;

namespace WsBalancer.EndToEnd.Tests.Operations;

/// <summary>
/// Two balancers that share a real Redis: a change at one applies at both, and survives the end of any process.
/// </summary>
public sealed class SharedDrainTests(ITestOutputHelper output)
{
    [Fact]
    public async Task ADrainAtOne_IsADrainAtBoth_AndItsRateIsTheFleets()
    {
        const int Users = 900;
        await using var pair = await TwoBalancers.Start(WsFleet.MostAtTheFirst);
        await using var crowd = await pair.Gather(Users, reconnects: true);
        var before = crowd.Nodes;
        var leaving = before.Values.Count(node => node == "ws-1");
        await using var watchOne = ScrapeWatch.Of(pair.One);
        await using var watchTwo = ScrapeWatch.Of(pair.Two);

        var drain = await pair.One.Command("drain", "ws-1", "--rate", "150/s", "--wait");
        await crowd.UntilClosed(leaving);
        await crowd.UntilPresent(Users);
        var rate = crowd.RateInTheMiddle();
        var closed = await Task.WhenAll(pair.One.Scrape(), pair.Two.Scrape());

        Assert.True(drain.Code == 0, drain.Output);
        Assert.All(crowd.ClosedTunnels, closed => Assert.Equal(
            ("ws-1", 1012, StreamEnd.Fin), (closed.Node, closed.Code, closed.End)));
        Assert.Equal(leaving, crowd.ClosedTunnels.Count);
        output.WriteLine($"{leaving} closes, {rate:F1} a second in the middle.");
        Assert.InRange(rate, 120, 180);
        Assert.All(closed, scrape => Assert.NotEqual(0, scrape.ClosedFor("drain")));
        Assert.DoesNotContain("ws-1", crowd.Nodes.Values);
        await pair.UntilState("ws-1", "drained");
    }

    [Fact]
    public async Task ADrain_SurvivesKillsAndLossOfState_AndAllAgreeInTheEnd()
    {
        await using var pair = await TwoBalancers.Start();
        await using var crowd = await pair.Gather(60, reconnects: true);
        var drain = await pair.One.Command("drain", "ws-1", "--wait");
        Assert.True(drain.Code == 0, drain.Output);
        await pair.UntilState("ws-1", "drained");

        foreach (var balancer in (Balancer[])[pair.One, pair.Two])
        {
            await balancer.Kill();
            await balancer.StartAgain();
            await AssertDrained(balancer);
            await pair.UntilState("ws-1", "drained");
        }

        await pair.Redis.Kill();
        await Together(AssertDrained(pair.One), AssertDrained(pair.Two));
        await pair.One.Kill();
        await pair.One.StartAgain();
        await AssertDrained(pair.One);
        await pair.Redis.StartEmpty();
        await pair.UntilState("ws-1", "drained");
        await pair.Redis.Flush();
        await pair.Two.Kill();
        await pair.Two.StartAgain();
        await pair.UntilState("ws-1", "drained");
        await crowd.UntilPresent(60);

        Assert.DoesNotContain("ws-1", crowd.Nodes.Values);
        await AssertAgreed(pair);
    }

    // A change that cannot be published is merged when Redis is available again.
    [Fact]
    public async Task WhatIsDecidedWithoutRedis_ReachesTheOther_WhenItIsBack()
    {
        await using var pair = await TwoBalancers.Start();
        await pair.One.Command("drain", "ws-1", "--wait");
        await pair.UntilState("ws-1", "drained");

        await pair.Redis.Kill();
        await Deadline.Until(
            "a change is told to be not shared",
            async () => (await pair.Two.Command("resume", "ws-1", "--json")).Code == 0
                && (string?)(await pair.Two.Node("ws-1"))!["state"] == "active");
        var elsewhere = (string?)(await pair.One.Node("ws-1"))!["state"];
        await pair.Redis.StartEmpty();
        await pair.UntilState("ws-1", "active");

        Assert.Equal("drained", elsewhere);
        await AssertAgreed(pair);
    }

    private static async Task AssertDrained(Balancer balancer)
    {
        Assert.Equal("drained", (string?)(await balancer.Node("ws-1"))!["state"]);
        var visits = await balancer.VisitAll(Enumerable.Range(0, 20).Select(i => $"visitor-{i}"));
        Assert.DoesNotContain("ws-1", visits.Values);
    }

    private static async Task AssertAgreed(TwoBalancers pair)
    {
        var users = Enumerable.Range(0, 50).Select(i => $"visitor-{i}").ToArray();
        var (one, two) = (await pair.One.VisitAll(users), await pair.Two.VisitAll(users));
        var (atOne, atTwo) = (await pair.One.Cluster(), await pair.Two.Cluster());

        Assert.Equal(one, two);
        Assert.Equal((string?)atOne["ring"]!["fingerprint"], (string?)atTwo["ring"]!["fingerprint"]);
    }

    private static Task Together(params Task[] tasks) => Task.WhenAll(tasks);
}
