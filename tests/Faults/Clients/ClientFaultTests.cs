using System.Diagnostics;
using System.Globalization;
using WsBalancer.EndToEnd.Tests;
using WsBalancer.EndToEnd.Tests.Clients;
using WsBalancer.EndToEnd.Tests.Fixtures;
using WsBalancer.EndToEnd.Tests.Nodes;
using WsBalancer.EndToEnd.Tests.Wire;

namespace WsBalancer.Faults.Tests.Clients;

/// <summary>Clients that disconnect at the worst moment, or do not read.</summary>
public sealed class ClientFaultTests(ITestOutputHelper output)
{
    private const int Resets = 600;
    private const int Readers = 100;
    private const int Few = 10;

    // Twice MaxBufferedPerTunnel, because the memory of the whole process is measured, and its heap grows by some ten
    // MB on a busy machine.
    private const int MostKilobytes = 512;

    [Theory]
    [ClassData<EveryEngine>]
    public async Task ResetRightAfterThe101_LeavesNoTunnel(string engine)
    {
        await using var node = ScriptedNode.Start("a");
        node.Script = Script.Hold();
        await using var balancer = await Balancer.Start(BalancerConfig.With(node), engine);
        var together = new ParallelOptions { MaxDegreeOfParallelism = 16 };
        await Parallel.ForAsync(0, Resets, together, async (number, _) =>
        {
            using var client = await balancer.SendRequest($"user-{number}");
            client.Wire.Reset();
        });

        var begun = Stopwatch.GetTimestamp();
        await balancer.UntilEmpty();
        var healed = Stopwatch.GetElapsedTime(begun);

        var scrape = await balancer.Scrape();
        Assert.Equal((Resets, Resets), ((int)scrape.Opened, (int)scrape.Closed));
        FaultReport.Add(
            $"{Resets} clients reset right after their 101 ({engine})",
            "nothing",
            "nothing",
            healed,
            output);
    }

    [Theory]
    [ClassData<EveryEngine>]
    public async Task ClientsThatDoNotRead_TakeABoundedMemory_AndAreEndedAfterTheSendTimeout(string engine)
    {
        await using var node = ScriptedNode.Start("a");
        node.Script = FloodAsync;
        await using var balancer = await Balancer.Start(
            BalancerConfig.With(node).Set($"{BalancerConfig.ClusterKey}:Tunnels:SendTimeout", "3s"), engine);
        await balancer.UntilHealth("a", "healthy");

        // Code that runs for the first time needs memory too.
        await StallAsync(balancer, Few, ended: Few);
        var before = balancer.Process.ResidentKilobytes;
        var begun = Stopwatch.GetTimestamp();
        var each = (await StallAsync(balancer, Readers, ended: Few + Readers) - before) / Readers;

        Assert.InRange(each, 0, MostKilobytes);
        FaultReport.Add(
            string.Create(CultureInfo.InvariantCulture, $"{Readers} clients of a flood do not read ({engine})"),
            string.Create(CultureInfo.InvariantCulture, $"the others: nothing; {each} KB for each"),
            "nothing that its client would have read",
            Stopwatch.GetElapsedTime(begun),
            output);
    }

    // Opens tunnels that do not read, and returns the balancer's maximum memory until all of them were ended.
    private static async Task<long> StallAsync(Balancer balancer, int count, int ended)
    {
        var clients = new List<RawClient>();
        for (var i = 0; i < count; i++)
        {
            clients.Add(await balancer.Open($"user-{i}"));
        }

        var most = 0L;
        await Deadline.Until(
            "all tunnels have ended",
            async () =>
            {
                most = Math.Max(most, balancer.Process.ResidentKilobytes);
                return (await balancer.Scrape()).ClosedFor("send_timeout") >= ended;
            },
            () => balancer.Process.Output);
        clients.ForEach(static client => client.Dispose());
        return most;
    }

    private static async Task FloodAsync(NodeConnection connection)
    {
        await connection.AcceptUpgrade();
        var frame = Frame.Binary(new byte[60_000]).ToBytes();
        while (!connection.Stopped.IsCompleted)
        {
            await connection.Wire.Send(frame);
        }
    }
}
