using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Prometheus;
using WsBalancer.Proxy.Hosting;
using WsBalancer.Sockets.Loops;

namespace WsBalancer.Proxy.Tunnels.Native;

/// <summary>
/// Once a minute, compares the registry of tunnels, the sockets of the event loops, and the kernel's state of their
/// connections. Sockets and tunnels without an owner in two comparisons in a row are reported in the log and a metric.
/// </summary>
/// <remarks>
/// Sockets without an owner are a fault, which the audit finds before descriptors run out. A loop examines
/// <see cref="MaxSocketsPerTurn"/> sockets in a turn, each with one system call, so that no message is delayed.
/// </remarks>
internal sealed class TunnelAudit(
    TunnelRegistry tunnels,
    IReadOnlyList<EventLoop> loops,
    Gauge unowned,
    TimeProvider time,
    ILogger<TunnelAudit> logger)
    : BackgroundService
{
    private const int MaxSocketsPerTurn = 64;
    private const int MaxExamples = 5;

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private HashSet<object> _suspects = new(ReferenceEqualityComparer.Instance);

    /// <summary>Runs one comparison.</summary>
    /// <returns>The sockets and tunnels without an owner in this comparison and the one before, as text.</returns>
    public async Task<IReadOnlyList<string>> CompareAsync()
    {
        var suspects = new HashSet<object>(ReferenceEqualityComparer.Instance);
        var unowned = new List<string>();
        foreach (var loop in loops)
        {
            await CheckAsync(loop, Suspect);
        }

        foreach (var tunnel in tunnels.All)
        {
            if (tunnel.Flow is NativeTunnel { HasSockets: false })
            {
                Suspect(tunnel, $"tunnel {tunnel.Identity.Id} without sockets");
            }
        }

        _suspects = suspects;
        return unowned;

        void Suspect(object suspect, string description)
        {
            suspects.Add(suspect);
            if (_suspects.Contains(suspect))
            {
                unowned.Add(description);
            }
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        PeriodicLoop.RunAsync("comparing tunnels with sockets", ReportAsync, time, logger, stoppingToken, Interval);

    private async Task ReportAsync()
    {
        var found = await CompareAsync();
        unowned.Set(found.Count);
        if (found.Count > 0)
        {
            TunnelLog.Unowned(logger, found.Count, string.Join(", ", found.Take(MaxExamples)));
        }
    }

    private async Task CheckAsync(EventLoop loop, Action<object, string> suspect)
    {
        await loop.Enter();
        try
        {
            // A copy: sockets are added and removed between two turns.
            var sockets = loop.AllSockets();
            for (var i = 0; i < sockets.Length; i++)
            {
                if (!sockets[i].IsClosed && FaultOf(sockets[i]) is { } fault)
                {
                    suspect(sockets[i], $"descriptor {sockets[i].Descriptor}, {fault}");
                }

                if (i % MaxSocketsPerTurn == MaxSocketsPerTurn - 1)
                {
                    await loop.NextTurn();
                }
            }
        }
        finally
        {
            // Continues on the thread pool, not on the loop's thread.
            await Task.Yield();
        }
    }

    private string? FaultOf(LoopSocket socket)
    {
        if (socket.HasFailed)
        {
            return "whose failure nothing has acted on";
        }

        if (socket.IsClosedInKernel)
        {
            return "whose connection has ended without an event";
        }

        return socket.Handler is NativeLeg leg && !IsOwned(leg.Flow)
            ? $"of tunnel {leg.Flow.Tunnel.Identity.Id}, which is not registered"
            : null;
    }

    private bool IsOwned(NativeTunnel flow) =>
        flow.IsOverOrReleased || tunnels.Find(flow.Tunnel.Identity.Id) == flow.Tunnel;
}
