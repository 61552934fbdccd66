using WsBalancer.EndToEnd.Tests.Fixtures;
using WsBalancer.EndToEnd.Tests.Wire;

namespace WsBalancer.EndToEnd.Tests.Operations;

/// <summary>A node is drained by command, with a thousand real tunnels on it.</summary>
public sealed class DrainTests(ITestOutputHelper output)
{
    private const int Users = 1_250;

    [Fact]
    public async Task ADrain_KeepsItsRate_ClosesEveryTunnelWith1012_AndMovesNoOtherUser()
    {
        await using var fleet = await WsFleet.Start(3, 3, WsFleet.MostAtTheFirst);
        await using var crowd = await Crowd.Gather(fleet.Balancer, Users, reconnects: true);
        var before = crowd.Nodes;
        var leaving = before.Values.Count(node => node == "ws-1");
        var opened = (await fleet.Balancer.Scrape()).OpenedAt("ws-1");
        await using var watch = ScrapeWatch.Of(fleet.Balancer);

        var drain = await fleet.Balancer.Command("drain", "ws-1", "--rate", "200/s", "--wait");
        await crowd.UntilClosed(leaving);
        await crowd.UntilPresent(Users);
        var rate = crowd.RateInTheMiddle();

        Assert.True(drain.Code == 0, drain.Output);
        Assert.All(crowd.ClosedTunnels, closed => Assert.Equal(
            ("ws-1", 1012, StreamEnd.Fin), (closed.Node, closed.Code, closed.End)));
        Assert.Equal(leaving, crowd.ClosedTunnels.Select(closed => closed.User).Distinct().Count());
        Assert.Equal(leaving, crowd.ClosedTunnels.Count);
        output.WriteLine($"{leaving} closes, {rate:F1} a second in the middle.");
        Assert.InRange(rate, 160, 240);
        Assert.DoesNotContain("ws-1", crowd.Nodes.Values);
        Assert.Equal(Staying(before, before), Staying(before, crowd.Nodes));
        Assert.Equal(opened, (await fleet.Balancer.Scrape()).OpenedAt("ws-1"));
        Assert.Equal("drained", (string?)(await fleet.Balancer.Node("ws-1"))!["state"]);
    }

    [Fact]
    public async Task AResume_StopsTheClosing_AndTheMappingIsWhatItWas()
    {
        await using var fleet = await WsFleet.Start(3, 3, WsFleet.MostAtTheFirst);
        await using var crowd = await Crowd.Gather(fleet.Balancer, Users);
        var before = crowd.Nodes;
        await using var watch = ScrapeWatch.Of(fleet.Balancer);

        var drain = await fleet.Balancer.Command("drain", "ws-1", "--rate", "200/s");
        await crowd.UntilClosed(300);
        var during = await fleet.Balancer.Visit(crowd.ClosedTunnels.First().User);
        var resume = await fleet.Balancer.Command("resume", "ws-1");
        var atResume = crowd.ClosedTunnels.Count;
        var after = await fleet.Balancer.VisitAll(before.Keys);

        Assert.True(drain.Code == 0, drain.Output);
        Assert.True(resume.Code == 0, resume.Output);
        Assert.NotEqual("ws-1", during);
        Assert.Equal(before, after);

        // Tunnels whose Close was on its way, and one step of the closer at most; without the resume, hundreds would
        // have been closed.
        Assert.InRange(crowd.ClosedTunnels.Count - atResume, 0, 100);
        Assert.Equal("active", (string?)(await fleet.Balancer.Node("ws-1"))!["state"]);
    }

    // The rate is a minimum: the drain exceeds it to meet the deadline.
    [Fact]
    public async Task ADeadlineThatTheRateWouldMiss_IsKept()
    {
        await using var fleet = await WsFleet.Start(
            2, 2, config => config.Set($"{BalancerConfig.ClusterKey}:Tunnels:CloseTimeout", "2s"));
        await using var crowd = await Crowd.Gather(fleet.Balancer, 400);
        var leaving = crowd.Nodes.Values.Count(node => node == "ws-1");
        await using var watch = ScrapeWatch.Of(fleet.Balancer);

        var drain = await fleet.Balancer.Command("drain", "ws-1", "--rate", "1/s", "--deadline", "5s", "--wait");

        Assert.True(drain.Code == 0, drain.Output);
        Assert.Equal(leaving, crowd.ClosedTunnels.Count);
    }

    // A client that does not answer is not cut before the close timeout, so this deadline passes, and --wait reports
    // that.
    [Fact]
    public async Task ADeadlineThatCannotBeKept_FailsTheCommand_AndTheDrainContinues()
    {
        await using var fleet = await WsFleet.Start(
            2, 2, config => config.Set($"{BalancerConfig.ClusterKey}:Tunnels:CloseTimeout", "15s"));
        using var mute = await fleet.Balancer.Open(await fleet.Balancer.UserOf("ws-1"));
        await mute.ReadWelcome();

        var drain = await fleet.Balancer.Command("drain", "ws-1", "--deadline", "1s", "--wait");
        var received = await mute.Read();
        await fleet.Balancer.Until("it is cut", cluster => (int)cluster["nodes"]![0]!["tunnels"]! == 0);
        await Deadline.Until(
            "it counts as forced",
            async () => (int)(await WsFleet.Drain(fleet.Balancer, "ws-1"))["forced"]! == 1,
            () => fleet.Balancer.Process.Output);

        Assert.Equal(1, drain.Code);
        Assert.Contains("is not drained by the deadline", drain.Output, StringComparison.Ordinal);
        Assert.Equal(1012, received.CloseCode);
    }

    [Fact]
    public async Task CommandThatFails_ReportsItsKindByTheExitCode()
    {
        await using var fleet = await WsFleet.Start(1, 1);

        var unknown = await fleet.Balancer.Command("drain", "ws-9");
        var last = await fleet.Balancer.Command("drain", "ws-1");
        var wrong = await fleet.Balancer.Command("drain", "ws-1", "--rate", "fast");
        await fleet.Balancer.Kill();
        var again = await fleet.Balancer.Command("drain", "ws-1");

        Assert.Equal((1, 1, 2, 3), (unknown.Code, last.Code, wrong.Code, again.Code));
        Assert.Contains("ws-1", unknown.Output, StringComparison.Ordinal);
        Assert.Contains("force", last.Output, StringComparison.OrdinalIgnoreCase);
    }

    private static IEnumerable<KeyValuePair<string, string>> Staying(
        Dictionary<string, string> before, Dictionary<string, string> at) =>
        at.Where(user => before[user.Key] != "ws-1").OrderBy(user => user.Key, StringComparer.Ordinal);
}
