using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace WsBalancer.Proxy.Fleet;

/// <summary>Reads the membership sources once a second; without a source the worker ends at once.</summary>
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

        // Disposing of the timer ends the loop without an exception, which the host would report as a failure if the
        // worker ends during its start.
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
                // Logged once: the next second will most likely fail in the same way.
                if (!failing)
                {
                    FleetLog.RegistrationsFailed(logger, ex);
                }

                failing = true;
            }
        }
    }
}
