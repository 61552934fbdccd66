using System.Globalization;
using WsBalancer.EndToEnd.Tests.Fixtures;
using WsBalancer.EndToEnd.Tests.Nodes;
using WsBalancer.EndToEnd.Tests.Wire;

namespace WsBalancer.EndToEnd.Tests.RandomTunnels;

/// <summary>
/// Hundreds of random tunnels: each side receives exactly the bytes that it would receive without a balancer, or as
/// much of them as the side that ended the tunnel allowed.
/// </summary>
/// <remarks>
/// <c>WSBALANCER_RANDOM_TUNNELS=00:10:00</c> sets the duration. A failure reports its seed, which
/// <c>WSBALANCER_RANDOM_SEED</c> repeats.
/// </remarks>
public sealed class RandomTunnelTests(ITestOutputHelper output)
{
    private const int Together = 48;
    private const int WarmUp = 30;
    private const int Least = 200;

    // A busy machine must not make a node unhealthy, and no probe may count as a descriptor.
    private const string NoProbes = "1h";

    // A direct connection is judged as strictly as a tunnel: it shows that the expectations are right.
    [Fact]
    public async Task ADirectConnection_FollowsTheScripts()
    {
        await using var node = ScriptedNode.Start("a", configure: WireSocket.UseShortSegments);
        var crowd = new RandomCrowd(Seed(), [node]);

        await crowd.Play(node.Port, Together, Least, TimeSpan.Zero);

        Report(crowd, 0);
    }

    [Theory]
    [InlineData("sockets")]
    [InlineData("epoll")]
    [InlineData("io_uring")]
    public async Task ATunnel_IsAsADirectConnection(string engine)
    {
        var seed = Seed();
        await using var fleet = await ScriptedFleet.Start(Configure, engine, WireSocket.UseShortSegments);
        await new RandomCrowd(seed + 1, fleet.Nodes).Play(fleet.Balancer.Port, Together, WarmUp, TimeSpan.Zero);
        await UntilEmpty(fleet.Balancer);
        var descriptors = fleet.Balancer.Process.Descriptors;
        var before = await fleet.Balancer.Scrape();
        var crowd = new RandomCrowd(seed, fleet.Nodes);

        int operations;
        await using (var @operator = new RandomOperator(fleet.Balancer, crowd, seed))
        {
            await crowd.Play(fleet.Balancer.Port, Together, Least, Duration());
            operations = @operator.Operations;
        }

        await UntilEmpty(fleet.Balancer);
        var after = await fleet.Balancer.Scrape();
        await Deadline.Until(
            $"it holds {descriptors} descriptors as before",
            () => fleet.Balancer.Process.Descriptors <= descriptors,
            () => $"It holds {fleet.Balancer.Process.Descriptors}.");

        Report(crowd, operations);
        Assert.Equal(crowd.Done.Count, after.Opened - before.Opened);
        Assert.Equal(after.Opened, after.Closed);
        AssertReasons(crowd, before, after);
    }

    // The lower bound of a reason is the number of tunnels that can have no other reason, and the upper bound the
    // number of those that can have it.
    private static void AssertReasons(RandomCrowd crowd, Scrape before, Scrape after)
    {
        foreach (var reason in after.Reasons)
        {
            var counted = after.ClosedFor(reason) - before.ClosedFor(reason);
            var least = crowd.Done.Count(done => done.Reasons is [var only] && only == reason);
            var most = crowd.Done.Count(done => done.Reasons.Contains(reason));
            Assert.True(counted >= least && counted <= most, $"{reason}: {counted}, expected {least} to {most}.");
        }
    }

    private static void Configure(BalancerConfig config)
    {
        const string Hasty = TunnelScript.Hasty;
        config
            .Set($"{BalancerConfig.ClusterKey}:Tunnels:CloseTimeout", "25s")
            .Set($"{BalancerConfig.ClusterKey}:Health:Interval", NoProbes)
            .Set($"ReverseProxy:Routes:{Hasty}:ClusterId", Hasty)
            .Set($"ReverseProxy:Routes:{Hasty}:Match:Path", $"/{Hasty}")
            .Set($"ReverseProxy:Routes:{Hasty}:Order", -1)
            .CopyNodes(Hasty)
            .Set($"WsBalancer:Clusters:{Hasty}:UserKey", "query:user")
            .Set($"WsBalancer:Clusters:{Hasty}:Health:Interval", NoProbes)
            .Set($"WsBalancer:Clusters:{Hasty}:Tunnels:CloseTimeout", "0.3s");
    }

    private static Task UntilEmpty(Balancer balancer) => Deadline.Until(
        "no tunnel is left", async () => (await balancer.Scrape()).Active == 0, () => balancer.Process.Output);

    private static int Seed() =>
        Environment.GetEnvironmentVariable("WSBALANCER_RANDOM_SEED") is { } seed
            ? int.Parse(seed, CultureInfo.InvariantCulture)
            : Random.Shared.Next(1_000_000);

    private static TimeSpan Duration() =>
        Environment.GetEnvironmentVariable("WSBALANCER_RANDOM_TUNNELS") is { } duration
            ? TimeSpan.Parse(duration, CultureInfo.InvariantCulture)
            : TimeSpan.Zero;

    private void Report(RandomCrowd crowd, int operations)
    {
        output.WriteLine(
            $"{crowd.Done.Count} tunnels, {crowd.Done.Sum(done => done.Bytes) / 1_000_000} MB, " +
            $"{operations} operations, {crowd.Done.Count(done => done.Closed)} closed by the balancer.");
    }
}
