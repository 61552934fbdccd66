using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WsBalancer.Sockets.Linux;
using WsBalancer.Sockets.Transport;

namespace WsBalancer.Proxy.Sockets;

/// <summary>
/// Logs a warning at the start if the process has only descriptors for few tunnels, or if a transport has no limits.
/// </summary>
internal sealed class DescriptorCheck(IServiceCollection services, ILogger<DescriptorCheck> logger)
    : IHostedLifecycleService
{
    // A limit for fewer tunnels is usually a default that was not raised: 1,024 descriptors on many systems.
    private const int FewTunnels = 1_000;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // All transports of the application are registered by now.
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        if (DescriptorLimit.Current is { } limit)
        {
            WarnOfFew(limit);
            foreach (var transport in services.Where(LimitedTransport.IsUnlimited))
            {
                DescriptorLog.Unlimited(logger, transport.ImplementationType?.Name ?? "a factory");
            }
        }

        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void WarnOfFew(long limit)
    {
        var tunnels = DescriptorBudget.TunnelsOf(limit, DescriptorLimit.CountOpen());
        if (tunnels < FewTunnels)
        {
            DescriptorLog.FewDescriptors(logger, limit, tunnels);
        }
    }
}
