using System.Runtime;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.Tunnels;
using WsBalancer.Sockets;

namespace WsBalancer.Cli.Run;

/// <summary>
/// Returns to the system the memory that many tunnels used for handshakes and buffers. The runtime collects garbage
/// only on allocations, and open tunnels allocate nothing: without this service the garbage of a reconnect storm would
/// stay for hours.
/// </summary>
internal sealed class MemoryTrim(TunnelRegistry tunnels, TimeProvider time, ILogger<MemoryTrim> logger)
    : BackgroundService
{
    // A larger heap is collected concurrently, which leaves gaps: compacting it would pause the tunnels.
    private const long LargestCompacted = 256L << 20;

    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);

    private readonly TrimTiming _timing = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Quiet, time);

        // The disposal ends the loop without an exception, which the host would report as a failure if the service is
        // stopped before it has started.
        await using var end = stoppingToken.UnsafeRegister(
            static timer => CallbackState.Of<PeriodicTimer>(timer).Dispose(), timer);
        while (await timer.WaitForNextTickAsync(CancellationToken.None))
        {
            // Neither reading counters nor collecting fails.
            TrimIfDue();
        }
    }

    private void TrimIfDue()
    {
        var changes = tunnels.Ledgers.Sum(static ledger =>
        {
            var reading = ledger.Value.Read();
            return reading.Opened + reading.Closed.Sum();
        });
        if (!_timing.IsDue(changes, GC.GetTotalMemory(forceFullCollection: false)))
        {
            return;
        }

        if (GC.GetGCMemoryInfo().HeapSizeBytes > LargestCompacted)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false);
        }
        else
        {
            GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            RunLog.MemoryTrimmed(logger, GC.GetGCMemoryInfo().PauseDurations[0]);
        }

        NativeHeap.Trim();
        _timing.Trimmed(GC.GetTotalMemory(forceFullCollection: false));
    }
}
