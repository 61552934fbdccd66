using Prometheus;

namespace WsBalancer.Proxy.Telemetry;

/// <summary>
/// The metrics of one balancer, for Prometheus and in a <see cref="BalancerMeter"/>. Each host has its own registry, so
/// that two hosts in a process never mix.
/// </summary>
/// <remarks>
/// No series of a node outlives the node: a gauge of nodes is cleared and set by every scrape, and the series of a
/// <see cref="NodeCounter"/> and a <see cref="NodeHistogram"/> are withdrawn by the scrape that finds the account of
/// the node closed. Any other instrument that is written between scrapes has no label <c>node</c>, since a late
/// observation would create the series of a removed node again.
/// </remarks>
internal sealed class BalancerRegistry : IDisposable
{
    private readonly SemaphoreSlim _scrape = new(1, 1);
    private readonly MetricFactory _instruments;
    private readonly Lock _gate = new();
    private readonly BalancerMeter _meter;
    private readonly List<NodeCounter> _nodeCounters = [];
    private readonly List<NodeHistogram> _nodeHistograms = [];
    private readonly List<ClusterHistogram> _clusterHistograms = [];
    private readonly List<(Gauge Gauge, bool HasLabels)> _derived = [];
    private readonly List<Action> _sweeps = [];
    private readonly List<Action> _collects = [];

    public BalancerRegistry(TimeProvider time)
    {
        DotNetStats.Register(Registry);
        _instruments = Metrics.WithCustomRegistry(Registry);
        _meter = new BalancerMeter(this, time, CollectAnd);
        Registry.AddBeforeCollectCallback(BeforeCollect);
    }

    public CollectorRegistry Registry { get; } = Metrics.NewCustomRegistry();

    public Counter CreateCounter(string name, string help, params string[] labels)
    {
        var counter = _instruments.CreateCounter(name, help, RequireNoNodeLabel(name, labels));
        _meter.Add(counter, name, help, labels);
        return counter;
    }

    public Gauge CreateGauge(string name, string help, params string[] labels)
    {
        var gauge = _instruments.CreateGauge(name, help, RequireNoNodeLabel(name, labels));
        _meter.Add(gauge, name, help, labels);
        return gauge;
    }

    public ClusterHistogram CreateClusterHistogram(string name, string help, params double[] buckets)
    {
        var histogram = _instruments.CreateHistogram(
            name, help, ["cluster"], new HistogramConfiguration { Buckets = buckets });
        return Add(_clusterHistograms, new ClusterHistogram(histogram, _meter.CreateHistogram(name, help, buckets)));
    }

    /// <summary>Creates a gauge whose series are removed and set again before every scrape.</summary>
    public Gauge CreateDerivedGauge(string name, string help, params string[] labels)
    {
        var gauge = _instruments.CreateGauge(
            name, help, labels, new GaugeConfiguration { SuppressInitialValue = true });
        _meter.Add(gauge, name, help, labels);
        Add(_derived, (gauge, labels.Length > 0));
        return gauge;
    }

    /// <summary>Creates a counter of nodes.</summary>
    /// <param name="name">The name of the family.</param>
    /// <param name="help">A sentence about the counted events.</param>
    /// <param name="label">The label after <c>cluster</c> and <c>node</c>; null if there is no other.</param>
    public NodeCounter CreateNodeCounter(string name, string help, string? label = null)
    {
        var counter = _instruments.CreateCounter(name, help, LabelsOfNodes(label));
        _meter.Add(counter, name, help, LabelsOfNodes(label));
        return Add(_nodeCounters, new NodeCounter(counter));
    }

    /// <summary>Creates a histogram of nodes.</summary>
    /// <param name="name">The name of the family.</param>
    /// <param name="help">A sentence about the observed value.</param>
    /// <param name="label">The label after <c>cluster</c> and <c>node</c>; null if there is no other.</param>
    /// <param name="buckets">The upper bounds of the buckets, ascending.</param>
    public NodeHistogram CreateNodeHistogram(string name, string help, string? label, params double[] buckets)
    {
        var histogram = _instruments.CreateHistogram(
            name, help, LabelsOfNodes(label), new HistogramConfiguration { Buckets = buckets });
        return Add(
            _nodeHistograms, new NodeHistogram(histogram, _meter.CreateHistogram(name, help, buckets), label));
    }

    /// <summary>
    /// Withdraws the series of nodes whose account is closed, and the histograms of clusters without an account. Must
    /// only be called before a scrape.
    /// </summary>
    /// <param name="closed">The nodes whose accounts were closed since the last scrape.</param>
    /// <param name="open">All nodes that have an account.</param>
    public void Withdraw(
        IReadOnlySet<(string Cluster, string Node)> closed, IReadOnlySet<(string Cluster, string Node)> open)
    {
        if (closed.Count > 0)
        {
            Array.ForEach(Copy(_nodeCounters), counter => counter.Withdraw(closed));
        }

        Array.ForEach(Copy(_nodeHistograms), histogram => histogram.WithdrawAllBut(open));
        var clusters = open.Select(static node => node.Cluster).ToHashSet(StringComparer.Ordinal);
        Array.ForEach(Copy(_clusterHistograms), histogram => histogram.WithdrawAllBut(clusters));
    }

    /// <summary>
    /// Adds an action that runs just before every scrape, and sets values that are derived, not counted.
    /// </summary>
    public void BeforeScrape(Action collect) => Add(_collects, collect);

    /// <summary>
    /// Adds an action that runs before every scrape, ahead of those that set values, and removes nodes that have left.
    /// </summary>
    public void SweepBeforeScrape(Action sweep) => Add(_sweeps, sweep);

    /// <summary>
    /// Runs one scrape at a time. A second one would run the collect callbacks while the response of the first is being
    /// written, and that response would show opened ≠ active + closed.
    /// </summary>
    public async Task ScrapeAsync(Func<Task> scrape, CancellationToken cancellation)
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

    public void Dispose()
    {
        _meter.Dispose();
        _scrape.Dispose();
    }

    private static string[] LabelsOfNodes(string? label) =>
        label is null ? ["cluster", "node"] : ["cluster", "node", label];

    private static string[] RequireNoNodeLabel(string name, string[] labels) => labels.Contains("node")
        ? throw new ArgumentException($"The series of a node in '{name}' would outlive the node.", nameof(labels))
        : labels;

    // A listener of the meter waits like another scrape, on its own thread.
    private void CollectAnd(Action read)
    {
        _scrape.Wait();
        try
        {
            BeforeCollect();
            read();
        }
        finally
        {
            _scrape.Release();
        }
    }

    // One callback for all, since the callbacks of the library run in no defined order.
    private void BeforeCollect()
    {
        Array.ForEach(Copy(_sweeps), static sweep => sweep());
        foreach (var (gauge, hasLabels) in Copy(_derived))
        {
            if (!hasLabels)
            {
                gauge.Set(double.NaN);
                gauge.Unpublish();
            }

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
