using System.Runtime;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Cli.Run;

/// <summary>
/// Gives back the memory that many handshakes took. What they leave is collected when something else is allocated, and
/// tunnels that are open allocate nothing: a process that took a storm of users would hold its garbage for hours, and
/// what it took to compile the code for them.
/// </summary>
internal sealed class MemoryTrim(TunnelRegistry tunnels, TimeProvider time, ILogger<MemoryTrim> logger)
    : BackgroundService
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);

    private readonly TrimTiming _timing = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Quiet, time);

        // Its end is no failure; as an exception the host would report it as one, if it ends before it has started.
        await using var end = stoppingToken.UnsafeRegister(
            static timer => ((PeriodicTimer)timer!).Dispose(), timer);
        while (await timer.WaitForNextTickAsync(CancellationToken.None))
        {
            // Neither reading counters nor collecting fails.
            TrimIfDue();
        }
    }

    private void TrimIfDue()
    {
        var opened = tunnels.Ledgers.Sum(static ledger => ledger.Value.Read().Opened);
        if (_timing.IsDue(opened, GC.GetGCMemoryInfo().HeapSizeBytes))
        {
            GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            NativeHeap.GiveBack();
            RunLog.MemoryTrimmed(logger, GC.GetGCMemoryInfo().PauseDurations[0]);
        }
    }
}
