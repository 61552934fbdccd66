using System.Diagnostics;
using System.Globalization;
using WsBalancer.EndToEnd.Tests;
using WsBalancer.EndToEnd.Tests.Fixtures;

namespace WsBalancer.Faults.Tests.Redis;

/// <summary>
/// Two balancers whose Redis is killed or hangs, and is later available again: empty, or with its data.
/// </summary>
public sealed class SharedRedisTests(ITestOutputHelper output)
{
    private const int Tunnels = 8;

    [Fact]
    public Task RedisKilled_ChangesHoldAtEach_AndBothAgreeWhenItIsBackEmpty() =>
        Check("Redis is killed below two balancers, and back empty", RedisFault.Killed);

    [Fact]
    public Task RedisHung_ChangesHoldAtEach_AndBothAgreeWhenItContinues() =>
        Check("Redis hangs below two balancers", RedisFault.Hung);

    private async Task Check(string name, RedisFault fault)
    {
        await using var pair = await TwoBalancers.Start();
        using var atOne = await OpenTunnels.Open(pair.One, Tunnels);
        using var atTwo = await OpenTunnels.Open(pair.Two, Tunnels);
        await fault.Begin(pair.Redis);

        // One change at each balancer, and one at both.
        var start = Stopwatch.GetTimestamp();
        var weighed = await pair.One.Weigh("ws-1", 3);
        var patience = Stopwatch.GetElapsedTime(start);
        var cordoned = await pair.Two.Cordon("ws-2");
        var third = await Task.WhenAll(pair.One.Weigh("ws-3", 5), pair.Two.Weigh("ws-3", 7));
        var (one, two) = (await pair.One.Cluster(), await pair.Two.Cluster());
        await Task.WhenAll(pair.One.Visit("alice"), pair.Two.Visit("bob"), atOne.Echo(), atTwo.Echo());

        var begun = Stopwatch.GetTimestamp();
        await fault.End(pair.Redis);
        await pair.Until("it has what was changed at each", static cluster =>
            cluster.WeightOf("ws-1") == 3 && cluster.IsDraining("ws-2") && cluster.WeightOf("ws-3") is 5 or 7);
        await Deadline.Until("both have the same ring", () => Agree(pair), () => pair.One.Process.Output);
        var healed = Stopwatch.GetElapsedTime(begun);
        await Task.WhenAll(atOne.Echo(), atTwo.Echo());
        await Deadline.Until(
            "a change is shared", async () => (bool)(await pair.One.Weigh("ws-1", 4))["shared"]!);

        Assert.All([weighed, cordoned, .. third], static answer => Assert.False((bool)answer["shared"]!));
        Assert.Equal((3, 5, false), (one.WeightOf("ws-1"), one.WeightOf("ws-3"), one.IsDraining("ws-2")));
        Assert.Equal((1, 7, true), (two.WeightOf("ws-1"), two.WeightOf("ws-3"), two.IsDraining("ws-2")));
        FaultReport.Add(
            name,
            string.Create(
                CultureInfo.InvariantCulture,
                $"nothing; a change holds at its balancer after {patience.TotalSeconds:0.0} s, `shared: false`"),
            "nothing",
            healed,
            output);
    }

    private static async Task<bool> Agree(TwoBalancers pair) =>
        (string?)(await pair.One.Cluster())["ring"]!["fingerprint"]
            == (string?)(await pair.Two.Cluster())["ring"]!["fingerprint"];
}
