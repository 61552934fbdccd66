using System.Runtime;
using WsBalancer.BackendSample.Hosting;

namespace WsBalancer.BackendSample.Sessions;

/// <summary>Returns memory to the operating system after much of it was in use.</summary>
/// <remarks>
/// The garbage collector runs only when something is allocated, and idle clients allocate nothing: a node would hold
/// the memory of its busiest minute for hours. A collection stops all threads: for tenths of a second, with thousands
/// of clients.
/// </remarks>
internal sealed class MemoryTrim(
    MessageMemory messages, SessionRegistry sessions, TimeProvider time, ILogger<MemoryTrim> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly TrimTiming _timing = new();

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        RepeatedWork.RunAsync("giving memory back", TrimIfDueAsync, Interval, time, logger, stoppingToken);

    private Task TrimIfDueAsync()
    {
        messages.DropUnused();
        if (_timing.IsDue(messages.UnusedBytes, sessions.Changes, messages.Held, sessions.Count))
        {
            GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            SessionLog.Trimmed(logger, GC.GetGCMemoryInfo().PauseDurations[0]);
        }

        return Task.CompletedTask;
    }
}
