using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.Framing;
using WsBalancer.Proxy.Hosting;

namespace WsBalancer.Proxy.Tunnels;

/// <summary>
/// Once a second, ends the tunnels of which one peer has sent nothing, or has taken nothing, for longer than allowed.
/// </summary>
// One walk over all tunnels, not a timer for each: these limits are minutes, so a second more does not matter.
internal sealed class TunnelSweep(
    TunnelRegistry tunnels, BufferGuard guard, TimeProvider time, ILogger<TunnelSweep> logger)
    : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        PeriodicLoop.RunAsync("looking for idle tunnels", Sweep, time, logger, stoppingToken);

    private void Sweep()
    {
        foreach (var tunnel in tunnels.All)
        {
            if (tunnel.IsIdle && tunnel.Close(TunnelEnd.Idle, CloseCode.GoingAway, "idle"))
            {
                TunnelLog.Idle(logger, tunnel.Identity.Id, tunnel.Identity.Node.Id, tunnel.Identity.Node.Cluster);
            }
            else if (tunnel.IsStalled)
            {
                tunnel.Flow.Run(EndIfStalled);
            }
        }

        guard.Relieve();
    }

    private void EndIfStalled(Tunnel tunnel)
    {
        if (tunnel.EndIfStalled())
        {
            TunnelLog.Stalled(logger, tunnel.Identity.Id, tunnel.Identity.Node.Id, tunnel.Identity.Node.Cluster);
        }
    }
}
