using System.Diagnostics;
using WsBalancer.EndToEnd.Tests.Clients;
using WsBalancer.EndToEnd.Tests.Fixtures;
using WsBalancer.EndToEnd.Tests.Nodes;
using WsBalancer.EndToEnd.Tests.Wire;

namespace WsBalancer.EndToEnd.Tests;

/// <summary>
/// Very many tunnels are closed as fast as the balancer can: other tunnels are not affected, and every tunnel ends in
/// order.
/// </summary>
public sealed class ManyClosesTests(ITestOutputHelper output)
{
    private const int Users = 1_200;
    private const int Others = 20;
    private const int EchoesEach = 5;

    [Fact]
    public async Task TheOtherTunnels_Continue_WhileThousandsClose()
    {
        await using var sick = ScriptedNode.Start("a");
        await using var well = ScriptedNode.Start("b");
        await using var balancer = await Balancer.Start(BalancerConfig.With(sick, well)
            .Set("ReverseProxy:Clusters:chat:Destinations:a:Metadata:Weight", "9")
            .Set($"{BalancerConfig.ClusterKey}:Health:Interval", "0.2s")
            .Set($"{BalancerConfig.ClusterKey}:Health:OnUnhealthy", "Close")
            .Set($"{BalancerConfig.ClusterKey}:Drain:RatePerSecond", 1_000_000)
            .Set($"{BalancerConfig.ClusterKey}:Tunnels:CloseTimeout", "25s"));
        await using var crowd = await Crowd.Gather(balancer, Users);
        var user = await balancer.UserOf("b");
        var others = await Task.WhenAll(Enumerable.Range(0, Others).Select(_ => balancer.Open(user)));
        var leaving = crowd.Nodes.Values.Count(node => node == "a");
        using var over = new CancellationTokenSource();

        var echoes = others.Select(other => EchoUntil(other, over.Token)).ToArray();
        await sick.StopListening();
        await crowd.UntilClosed(leaving);
        await over.CancelAsync();
        var latencies = (await Task.WhenAll(echoes)).SelectMany(each => each).Order().ToArray();
        await balancer.Until("all have ended", cluster => (int)cluster["nodes"]![0]!["tunnels"]! == 0);
        var scrape = await balancer.Scrape();

        Report(crowd.ClosedTunnels, latencies);
        Assert.All(crowd.ClosedTunnels, closed => Assert.Equal(
            ("a", 1012, StreamEnd.Fin), (closed.Node, closed.Code, closed.End)));
        Assert.Equal((leaving, leaving), (crowd.ClosedTunnels.Count, scrape.ClosedFor("drain")));
        Assert.Equal(Users - leaving, crowd.Present);
    }

    // A minimum number of echoes must complete, also while the tunnels close: a stall would delay the test.
    private static async Task<List<TimeSpan>> EchoUntil(RawClient client, CancellationToken over)
    {
        var latencies = new List<TimeSpan>();
        await client.ReadWelcome();
        while (latencies.Count < EchoesEach || !over.IsCancellationRequested)
        {
            var sent = Stopwatch.GetTimestamp();
            await client.Send(Frame.Text($"echo {latencies.Count}"));
            Assert.Equal($"echo {latencies.Count}", (await client.Read()).PayloadText);
            latencies.Add(Stopwatch.GetElapsedTime(sent));
        }

        await client.Close();
        return latencies;
    }

    private void Report(IReadOnlyCollection<ClosedTunnel> closes, TimeSpan[] latencies)
    {
        var over = Stopwatch.GetElapsedTime(closes.Min(closed => closed.At), closes.Max(closed => closed.At));
        output.WriteLine(
            $"{closes.Count} closes in {over.TotalMilliseconds:F0} ms; {latencies.Length} echoes meanwhile: " +
            $"median {latencies[latencies.Length / 2].TotalMilliseconds:F1} ms, " +
            $"99 % {latencies[latencies.Length * 99 / 100].TotalMilliseconds:F1} ms, " +
            $"longest {latencies[^1].TotalMilliseconds:F1} ms.");
    }
}
