using System.Globalization;
using Microsoft.Extensions.Hosting;
using Prometheus;
using WsBalancer.Proxy.Telemetry;
using WsBalancer.Sockets.Loops;

namespace WsBalancer.Proxy.Sockets;

/// <summary>Publishes how busy each event loop is, from the times that the kernel counts for the loop's thread.
/// </summary>
/// <remarks>
/// A loop's own measurement of the time between its waits would be too low: with io_uring a thread sends while it
/// enters the kernel to wait.
/// </remarks>
internal sealed class LoopMetrics : IHostedService
{
    private readonly BalancerRegistry _registry;
    private readonly IReadOnlyList<EventLoop> _loops;
    private readonly Counter _running;
    private readonly Counter _waiting;
    private readonly Gauge _sockets;

    public LoopMetrics(BalancerRegistry registry, IReadOnlyList<EventLoop> loops)
    {
        (_registry, _loops) = (registry, loops);
        _running = registry.CreateCounter(
            "wsbalancer_loop_cpu_seconds_total",
            "Processor time of an event loop; its rate is the part of the time in which the loop is busy.",
            "loop");
        _waiting = registry.CreateCounter(
            "wsbalancer_loop_runqueue_seconds_total",
            "Time in which an event loop had work and waited for a processor.",
            "loop");
        _sockets = registry.CreateGauge("wsbalancer_loop_sockets", "Sockets of an event loop.", "loop");
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _registry.BeforeScrape(Collect);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Collect()
    {
        foreach (var loop in _loops)
        {
            var label = loop.Index.ToString(CultureInfo.InvariantCulture);
            _sockets.WithLabels(label).Set(loop.SocketCount);
            if (loop.Times?.Read() is { } times)
            {
                _running.WithLabels(label).IncTo(times.Running);
                _waiting.WithLabels(label).IncTo(times.Waiting);
            }
        }
    }
}
