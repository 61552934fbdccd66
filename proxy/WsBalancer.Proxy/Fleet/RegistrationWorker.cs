using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace WsBalancer.Proxy.Fleet;

/// <summary>Asks the membership sources once a second; without one it ends at once.</summary>
internal sealed class RegistrationWorker(
    Registrations registrations, TimeProvider time, ILogger<RegistrationWorker> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!registrations.AnySource)
        {
            return;
        }

        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), time);

        // Its end is no failure; as an exception the host would report it as one, if it ends before it has started.
        await using var end = stoppingToken.UnsafeRegister(
            static timer => ((PeriodicTimer)timer!).Dispose(), timer);
        var failing = false;
        while (await timer.WaitForNextTickAsync(CancellationToken.None))
        {
            try
            {
                await registrations.TakeOverAsync(stoppingToken);
                failing = false;
            }
            catch (Exception ex) when (!stoppingToken.IsCancellationRequested)
            {
                // Said once: the next second will most likely fail alike.
                if (!failing)
                {
                    FleetLog.RegistrationsFailed(logger, ex);
                }

                failing = true;
            }
        }
    }
}
