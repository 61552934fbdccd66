using System.Diagnostics;
using System.Globalization;
using WsBalancer.EndToEnd.Tests.Fixtures;

namespace WsBalancer.EndToEnd.Tests.Descriptors;

/// <summary>However tunnels end, the balancer holds as many descriptors afterwards as before.</summary>
/// <remarks><c>WSBALANCER_ENDED_TUNNELS=50000</c> sets the number of tunnels, instead of a few thousand.</remarks>
public sealed class EveryEndTests(ITestOutputHelper output)
{
    private const int Together = 300;
    private const int Few = 3_000;

    private static readonly WayToEnd[] Ways = Enum.GetValues<WayToEnd>();

    [Theory]
    [InlineData("sockets")]
    [InlineData("epoll")]
    [InlineData("io_uring")]
    public async Task ATunnel_LeavesNoDescriptor(string engine)
    {
        await using var fleet = await ScriptedFleet.Start(
            config => config.Set($"{BalancerConfig.ClusterKey}:Health:Interval", "1h"), engine);
        foreach (var node in fleet.Nodes)
        {
            node.Script = EndingTunnel.Serve;
        }

        await EndTogether(fleet, 0);
        await UntilEmpty(fleet);
        var descriptors = fleet.Balancer.Process.Descriptors;
        var begun = Stopwatch.GetTimestamp();
        for (var ended = 0; ended < Many(); ended += Together)
        {
            await EndTogether(fleet, ended);
        }

        output.WriteLine($"{Many()} in {Stopwatch.GetElapsedTime(begun).TotalSeconds:F1} s.");
        await UntilEmpty(fleet);
        await Deadline.Until(
            $"it holds {descriptors} descriptors as before",
            () => fleet.Balancer.Process.Descriptors <= descriptors,
            () => $"It holds {fleet.Balancer.Process.Descriptors}.");

        var scrape = await fleet.Balancer.Scrape();
        Assert.Equal(scrape.Opened, scrape.Closed);
    }

    private static async Task EndTogether(ScriptedFleet fleet, int first)
    {
        await Task.WhenAll(Enumerable.Range(first, Together).Select(
            number => EndingTunnel.End(fleet.Balancer, number, Ways[number % Ways.Length])));
        foreach (var node in fleet.Nodes)
        {
            await Deadline.Until($"node {node.Name} is left", () => node.Open == 0);
            node.Forget();
        }
    }

    private static Task UntilEmpty(ScriptedFleet fleet) => Deadline.Until(
        "no tunnel is left",
        async () => (await fleet.Balancer.Scrape()).Active == 0,
        () => fleet.Balancer.Process.Output);

    private static int Many() =>
        Environment.GetEnvironmentVariable("WSBALANCER_ENDED_TUNNELS") is { } many
            ? int.Parse(many, CultureInfo.InvariantCulture)
            : Few;
}
