using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.Framing;

namespace WsBalancer.Proxy.Tunnels;

/// <summary>
/// Once a second, ends the tunnels of which one peer has been silent, or has taken nothing, for longer than allowed.
/// </summary>
// One walk over all tunnels, not a timer for each: these limits are minutes, so a second more does not matter.
internal sealed class TunnelSweep(
    TunnelRegistry tunnels, BufferGuard guard, TimeProvider time, ILogger<TunnelSweep> logger)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), time);

        // Its end is no failure; as an exception the host would report it as one, if it ends before it has started.
        await using var end = stoppingToken.UnsafeRegister(
            static timer => ((PeriodicTimer)timer!).Dispose(), timer);
        var failing = false;
        while (await timer.WaitForNextTickAsync(CancellationToken.None))
        {
            try
            {
                Sweep();
                failing = false;
            }
            catch (Exception ex) when (!failing)
            {
                // Said once: the next second will most likely fail alike.
                failing = true;
                TunnelLog.SweepFailed(logger, ex);
            }
            catch (Exception ex)
            {
                TunnelLog.SweepFailedAgain(logger, ex.Message);
            }
        }
    }

    private void Sweep()
    {
        foreach (var tunnel in tunnels.All)
        {
            if (tunnel.IsIdle && tunnel.Close(TunnelEnd.Idle, CloseCode.GoingAway, "idle"))
            {
                TunnelLog.Idle(logger, tunnel.Identity.Id, tunnel.Identity.Node.Node, tunnel.Identity.Node.Cluster);
            }
            else if (tunnel.IsStalled)
            {
                tunnel.Flow!.Run(EndIfStalled);
            }
        }

        guard.Relieve();
    }

    private void EndIfStalled(Tunnel tunnel)
    {
        if (tunnel.EndIfStalled())
        {
            TunnelLog.Stalled(logger, tunnel.Identity.Id, tunnel.Identity.Node.Node, tunnel.Identity.Node.Cluster);
        }
    }
}
