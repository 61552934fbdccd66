using Prometheus;

namespace WsBalancer.Proxy.Telemetry;

/// <summary>
/// The Prometheus registry of one balancer. Each host has its own, so that two in a process never mix.
/// </summary>
internal sealed class BalancerRegistry : IDisposable
{
    private readonly SemaphoreSlim _scrape = new(1, 1);

    public BalancerRegistry()
    {
        DotNetStats.Register(Registry);
        Instruments = Metrics.WithCustomRegistry(Registry);
    }

    public CollectorRegistry Registry { get; } = Metrics.NewCustomRegistry();

    /// <summary>Creates instruments on this registry.</summary>
    public IMetricFactory Instruments { get; }

    /// <summary>Runs just before every scrape: where values that are derived, not counted, are set.</summary>
    public void BeforeScrape(Action collect) => Registry.AddBeforeCollectCallback(collect);

    /// <summary>
    /// Lets one scrape in at a time. A second one would run the collect callbacks while the first is being written,
    /// and its reader would see opened ≠ active + closed.
    /// </summary>
    public async Task OneAtATimeAsync(Func<Task> scrape, CancellationToken cancellation)
    {
        await _scrape.WaitAsync(cancellation);
        try
        {
            await scrape();
        }
        finally
        {
            _scrape.Release();
        }
    }

    public void Dispose() => _scrape.Dispose();
}
