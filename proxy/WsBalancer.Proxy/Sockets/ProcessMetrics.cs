using Microsoft.Extensions.Hosting;
using Prometheus;
using WsBalancer.Proxy.Telemetry;
using WsBalancer.Sockets.Linux;

namespace WsBalancer.Proxy.Sockets;

/// <summary>
/// Publishes the version, and the descriptors and memory of the process under the names that Prometheus' own client
/// libraries use, as dashboards expect these names.
/// </summary>
internal sealed class ProcessMetrics : IHostedService
{
    private readonly BalancerRegistry _registry;
    private readonly Gauge _open;
    private readonly Gauge _limit;
    private readonly Gauge _resident;

    public ProcessMetrics(BalancerRegistry registry)
    {
        _registry = registry;
        _open = registry.CreateGauge("process_open_fds", "Open file descriptors of the process.");
        _limit = registry.CreateGauge("process_max_fds", "Limit of the open file descriptors of the process.");
        _resident = registry.CreateGauge("process_resident_memory_bytes", "Resident memory of the process in bytes.");
        registry.CreateGauge("wsbalancer_build_info", "1, with the version of the balancer.", "version")
            .WithLabels(ProductVersion.Text).Set(1);
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _registry.BeforeScrape(Collect);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Collect()
    {
        _resident.Set(Environment.WorkingSet);
        if (DescriptorLimit.Current is { } limit)
        {
            _limit.Set(limit);
            _open.Set(DescriptorLimit.CountOpen());
        }
    }
}
