using System.Diagnostics;
using WsBalancer.EndToEnd.Tests;
using WsBalancer.EndToEnd.Tests.Fixtures;

namespace WsBalancer.Faults.Tests.Balancers;

/// <summary>The configuration file is replaced by a broken one, and later by a good one.</summary>
public sealed class BrokenReloadTests(ITestOutputHelper output)
{
    private const int Tunnels = 9;

    private const string NotApplied = "is not applied";

    [Theory]
    [ClassData<EveryEngine>]
    public Task BrokenFile_ChangesNothing_AndTheNextGoodOneIsApplied(string engine) => Check(
        "a reload of a broken file",
        engine,
        static good => good[..(good.Length / 2)]);

    [Theory]
    [ClassData<EveryEngine>]
    public Task FileThatWouldEmptyTheCluster_ChangesNothing_AndTheNextGoodOneIsApplied(string engine) => Check(
        "a reload that would empty the cluster",
        engine,
        static _ => Emptied());

    private async Task Check(string fault, string engine, Func<string, string> damage)
    {
        await using var fleet = await ScriptedFleet.Start(static _ => { }, engine);
        var balancer = fleet.Balancer;
        using var tunnels = await OpenTunnels.Open(balancer, Tunnels);
        var users = tunnels.Nodes;

        await balancer.Write(damage(BalancerConfig.With(fleet.Nodes).ToString()));
        await Deadline.Until(
            "the reload is refused",
            () => balancer.Process.Output.Contains(NotApplied, StringComparison.Ordinal),
            () => balancer.Process.Output);
        await tunnels.Echo();
        var placed = await balancer.VisitAll(users.Keys);
        var before = await balancer.Cluster();

        var begun = Stopwatch.GetTimestamp();
        await balancer.Write(BalancerConfig.With(fleet.A, fleet.B).ToString());
        await balancer.Until(
            "c takes no users",
            static cluster => cluster.Find("c") is not { } node || (string?)node["state"] != "active");
        var healed = Stopwatch.GetElapsedTime(begun);
        await tunnels.Echo();

        Assert.Equal(users, placed);
        Assert.Equal(3, before["nodes"]!.AsArray().Count);
        FaultReport.Add(
            $"{fault} ({engine})", "nothing: it is refused, and a line says why", "nothing", healed, output);
    }

    private static string Emptied() => BalancerConfig.With(Array.Empty<(string, string)>()).ToString();
}
