using Prometheus;

namespace WsBalancer.Proxy.Telemetry;

/// <summary>
/// The Prometheus registry of one balancer. Each host has its own, so that two in a process never mix.
/// </summary>
/// <remarks>
/// No series of a node outlives the node: a gauge of nodes is set anew by every scrape, and a counter of nodes is a
/// <see cref="NodeCounter"/>, whose series are withdrawn by the scrape that finds the node's account closed. An
/// instrument that is written between scrapes has no label <c>node</c>, since a late observation would create the
/// series of a removed node again.
/// </remarks>
internal sealed class BalancerRegistry : IDisposable
{
    private readonly SemaphoreSlim _scrape = new(1, 1);
    private readonly MetricFactory _instruments;
    private readonly Lock _gate = new();
    private readonly List<NodeCounter> _nodeCounters = [];
    private readonly List<Gauge> _derived = [];
    private readonly List<Action> _sweeps = [];
    private readonly List<Action> _collects = [];

    public BalancerRegistry()
    {
        DotNetStats.Register(Registry);
        _instruments = Metrics.WithCustomRegistry(Registry);
        Registry.AddBeforeCollectCallback(BeforeCollect);
    }

    public CollectorRegistry Registry { get; } = Metrics.NewCustomRegistry();

    public Counter CreateCounter(string name, string help, params string[] labels) =>
        _instruments.CreateCounter(name, help, Nodeless(name, labels));

    public Gauge CreateGauge(string name, string help, params string[] labels) =>
        _instruments.CreateGauge(name, help, Nodeless(name, labels));

    public Histogram CreateHistogram(string name, string help, double[] buckets, params string[] labels) =>
        _instruments.CreateHistogram(
            name, help, Nodeless(name, labels), new HistogramConfiguration { Buckets = buckets });

    /// <summary>Creates a gauge that begins every scrape without series, and is set before it.</summary>
    public Gauge CreateDerivedGauge(string name, string help, params string[] labels) =>
        Add(_derived, _instruments.CreateGauge(name, help, labels));

    /// <summary>Creates a counter of nodes.</summary>
    /// <param name="name">The name of the family.</param>
    /// <param name="help">What is counted.</param>
    /// <param name="label">The label after <c>cluster</c> and <c>node</c>; null if there is no other.</param>
    public NodeCounter CreateNodeCounter(string name, string help, string? label = null) =>
        Add(_nodeCounters, new NodeCounter(_instruments, name, help, label));

    /// <summary>Withdraws the series of these nodes from the counters of nodes. Before a scrape only.</summary>
    public void Withdraw(IReadOnlySet<(string Cluster, string Node)> nodes)
    {
        if (nodes.Count > 0)
        {
            Array.ForEach(Copy(_nodeCounters), counter => counter.Withdraw(nodes));
        }
    }

    /// <summary>Runs just before every scrape: where values that are derived, not counted, are set.</summary>
    public void BeforeScrape(Action collect) => Add(_collects, collect);

    /// <summary>Runs before every scrape, ahead of all that is set: where nodes that have left are removed.</summary>
    public void SweepBeforeScrape(Action sweep) => Add(_sweeps, sweep);

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

    private static string[] Nodeless(string name, string[] labels) => labels.Contains("node")
        ? throw new ArgumentException($"The series of a node in '{name}' would outlive the node.", nameof(labels))
        : labels;

    // Callbacks of the library have no order among themselves.
    private void BeforeCollect()
    {
        Array.ForEach(Copy(_sweeps), static sweep => sweep());
        foreach (var gauge in Copy(_derived))
        {
            foreach (var labels in gauge.GetAllLabelValues().ToArray())
            {
                gauge.RemoveLabelled(labels);
            }
        }

        Array.ForEach(Copy(_collects), static collect => collect());
    }

    private T Add<T>(List<T> list, T item)
    {
        lock (_gate)
        {
            list.Add(item);
        }

        return item;
    }

    private T[] Copy<T>(List<T> list)
    {
        lock (_gate)
        {
            return [.. list];
        }
    }
}
