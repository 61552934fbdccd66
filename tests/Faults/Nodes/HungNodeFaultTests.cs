using System.Diagnostics;
using System.Globalization;
using WsBalancer.EndToEnd.Tests;
using WsBalancer.EndToEnd.Tests.Fixtures;
using WsBalancer.EndToEnd.Tests.Processes;

namespace WsBalancer.Faults.Tests.Nodes;

/// <summary>A node whose process is stopped and later continued, while its kernel still accepts connections.</summary>
public sealed class HungNodeFaultTests(ITestOutputHelper output)
{
    private const string ActiveCheck = $"ReverseProxy:Clusters:{BalancerConfig.Cluster}:HealthCheck:Active";
    private const string Hung = "ws-1";

    // The default number of consecutive handshakes without a response that make a node unhealthy.
    private const int Unanswered = 3;
    private const int Tunnels = 6;
    private const int Later = 10;

    [Theory]
    [ClassData<EveryEngine>]
    public async Task HungNode_ProbedByTcp_IsUnhealthyAfterAFewUsersHaveWaited_AndTriedUntilItAnswers(string engine)
    {
        await using var fleet = await WsFleet.Start(3, 3, static config => config
            .Set($"{BalancerConfig.ClusterKey}:Handshake:Timeout", "2s")
            .Set($"{BalancerConfig.ClusterKey}:Health:TrialAfter", "1s"), engine);
        var balancer = fleet.Balancer;
        var user = await balancer.UserOf(Hung);
        using var there = await OpenTunnels.Open(balancer, user);
        using var elsewhere = await OpenTunnels.Open(balancer, Tunnels, without: Hung);

        fleet.Nodes[0].Process.Send(Signal.Stop);
        await there.Send();
        var waiting = await Task.WhenAll(Enumerable.Range(0, Unanswered).Select(_ => balancer.StatusOf(user)));
        await balancer.UntilHealth(Hung, "unhealthy");
        var later = new List<int>();
        for (var i = 0; i < Later; i++)
        {
            later.Add(await balancer.StatusOf(user));
        }

        await elsewhere.Echo();
        fleet.Nodes[0].Process.Send(Signal.Continue);
        var healed = await UntilHome(balancer, user);
        await there.ReadEchoes();

        Assert.All(waiting, static status => Assert.Equal(504, status));
        Assert.All(later, static status => Assert.Contains(status, (int[])[101, 504]));

        // A user whose handshake probes the node waits too.
        Assert.InRange(later.Count(static status => status == 504), 0, 2);
        FaultReport.Add(
            $"a node hangs, probed by TCP ({engine})",
            $"the first {Unanswered} who connect to it: 504 after `Handshake:Timeout`; later ones 101 elsewhere",
            "nothing: what was sent through its tunnels is answered when it continues",
            healed,
            output);
    }

    [Theory]
    [ClassData<EveryEngine>]
    public async Task HungNode_ProbedByHttp_IsUnhealthyBeforeAUserWaits_UntilItAnswers(string engine)
    {
        await using var fleet = await WsFleet.Start(3, 3, static config => config
            .Set($"{ActiveCheck}:Enabled", true)
            .Set($"{ActiveCheck}:Path", "/healthz")
            .Set($"{BalancerConfig.ClusterKey}:Health:Interval", "200ms"), engine);
        var balancer = fleet.Balancer;
        var user = await balancer.UserOf(Hung);
        using var there = await OpenTunnels.Open(balancer, user);
        using var elsewhere = await OpenTunnels.Open(balancer, Tunnels, without: Hung);

        var begun = Stopwatch.GetTimestamp();
        fleet.Nodes[0].Process.Send(Signal.Stop);
        await there.Send();
        await balancer.UntilHealth(Hung, "unhealthy");
        var found = Stopwatch.GetElapsedTime(begun);
        var next = await balancer.Visit(user);
        await elsewhere.Echo();
        fleet.Nodes[0].Process.Send(Signal.Continue);
        var healed = await UntilHome(balancer, user);
        await there.ReadEchoes();

        Assert.NotEqual(Hung, next);
        FaultReport.Add(
            $"a node hangs, probed by HTTP ({engine})",
            string.Create(
                CultureInfo.InvariantCulture, $"found in {found.TotalSeconds:0.0} s; from then on 101 elsewhere"),
            "nothing: what was sent through its tunnels is answered when it continues",
            healed,
            output);
    }

    private static async Task<TimeSpan> UntilHome(Balancer balancer, string user)
    {
        var begun = Stopwatch.GetTimestamp();
        await Deadline.Until(
            "the user is at home",
            async () =>
            {
                using var client = await balancer.SendRequest(user);
                return client.Response.Status == 101 && await client.ReadWelcome() == Hung;
            },
            () => balancer.Process.Output);
        return Stopwatch.GetElapsedTime(begun);
    }
}
