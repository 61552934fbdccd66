using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.State;
using WsBalancer.Proxy.Tunnels;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Model;

namespace WsBalancer.Proxy.Fleet;

/// <summary>
/// The clusters that the ring places, kept in step with YARP's and with our settings. Cluster ids ignore case, as
/// YARP's do.
/// </summary>
internal sealed class FleetRegistry : IClusterChangeListener, IDisposable
{
    private readonly ConcurrentDictionary<string, FleetCluster> _clusters = new(StringComparer.OrdinalIgnoreCase);

    // Clusters that are gone but for tunnels that are still open.
    private readonly ConcurrentDictionary<string, FleetCluster> _leaving = new(StringComparer.OrdinalIgnoreCase);

    private readonly Lock _configuring = new();
    private readonly IClusterSettingsSource _settings;
    private readonly StateStore _state;
    private readonly TunnelRegistry _tunnels;
    private readonly Lazy<IProxyStateLookup> _proxy;
    private readonly FleetNews _news;
    private readonly TimeProvider _time;
    private readonly ILogger<FleetRegistry> _logger;

    // YARP builds its listeners before the state that they would look into; hence lazy.
    public FleetRegistry(
        IClusterSettingsSource settings,
        StateStore state,
        TunnelRegistry tunnels,
        Lazy<IProxyStateLookup> proxy,
        FleetMetrics metrics,
        FleetNews news,
        TimeProvider time,
        ILogger<FleetRegistry> logger)
    {
        _settings = settings;
        _state = state;
        _tunnels = tunnels;
        _proxy = proxy;
        _news = news;
        _time = time;
        _logger = logger;
        _settings.Changed += OnSettingsChanged;
        _state.Changed += OnStateChanged;
        metrics.Publish(this);
    }

    /// <summary>Raised after a node became healthy or unhealthy, or began or ceased to drain.</summary>
    public event Action<FleetCluster, Node>? NodeChanged;

    /// <summary>Raised after the ring of a cluster changed.</summary>
    public event Action<FleetCluster, RingChangeRecord>? RingChanged;

    /// <summary>Raised after the nodes or the settings of a cluster changed, and after one came or went.</summary>
    public event Action? Reconfigured;

    public IEnumerable<FleetCluster> Clusters =>
        _clusters.Values.OrderBy(cluster => cluster.Id, StringComparer.Ordinal);

    public FleetCluster? Find(string clusterId) => _clusters.GetValueOrDefault(clusterId);

    public void OnClusterAdded(ClusterState cluster) => Configure(cluster);

    public void OnClusterChanged(ClusterState cluster) => Configure(cluster);

    public void OnClusterRemoved(ClusterState cluster)
    {
        if (_clusters.TryRemove(cluster.ClusterId, out var removed))
        {
            var last = removed.Current;
            removed.Configure(last.Settings, last.Yarp, Composition.Empty);
            _leaving[removed.Id] = removed;
            _news.ClusterRemoved(removed);
            Reconfigured?.Invoke();
        }
    }

    /// <summary>Forgets nodes, and clusters, that are gone and whose last tunnel has ended.</summary>
    public void Sweep()
    {
        foreach (var cluster in _clusters.Values.Concat(_leaving.Values))
        {
            cluster.Sweep();
        }

        foreach (var (id, cluster) in _leaving)
        {
            if (cluster.Leaving.Count == 0)
            {
                _leaving.TryRemove(KeyValuePair.Create(id, cluster));
            }
        }
    }

    /// <summary>Records what a probe or a connect found out.</summary>
    public void SetHealth(FleetCluster cluster, Node node, NodeHealth health, string why)
    {
        if (node.ProbedHealth != health)
        {
            cluster.Update(node, changed => changed.ProbedHealth = health);
            _news.HealthChanged(cluster, node, why);
            NodeChanged?.Invoke(cluster, node);
        }
    }

    /// <summary>Records that a node said it drains, or that it no longer says so.</summary>
    public void SetSaysDraining(FleetCluster cluster, Node node, bool draining)
    {
        if (node.SaysDraining != draining)
        {
            cluster.Update(node, changed => changed.SaysDraining = draining);
            _news.DrainAnnounced(cluster, node, draining);
            NodeChanged?.Invoke(cluster, node);
        }
    }

    /// <summary>Records what a node's registration says, and whether it is still there.</summary>
    public void SetRegistration(FleetCluster cluster, Node node, bool isLost, bool draining)
    {
        var (wasLost, wasDraining) = (node.IsLeaseLost, node.RegistrySaysDraining);
        if ((wasLost, wasDraining) == (isLost, draining))
        {
            return;
        }

        cluster.Update(node, changed =>
        {
            changed.IsLeaseLost = isLost;
            changed.RegistrySaysDraining = draining;
        });
        if (wasLost != isLost)
        {
            _news.HealthChanged(
                cluster, node, isLost ? "its registration has run out" : "it has registered itself again");
        }

        if (wasDraining != draining)
        {
            _news.DrainAnnounced(cluster, node, draining);
        }

        NodeChanged?.Invoke(cluster, node);
    }

    /// <summary>Records whether a node has as many tunnels as it may.</summary>
    public void SetFull(FleetCluster cluster, Node node, bool full)
    {
        if (node.IsFull != full)
        {
            cluster.Update(node, changed => changed.IsFull = full);
            NodeChanged?.Invoke(cluster, node);
        }
    }

    public void Dispose()
    {
        _settings.Changed -= OnSettingsChanged;
        _state.Changed -= OnStateChanged;
        foreach (var cluster in _clusters.Values.Concat(_leaving.Values))
        {
            cluster.Dispose();
        }
    }

    private void OnSettingsChanged()
    {
        foreach (var cluster in _proxy.Value.GetClusters())
        {
            Configure(cluster);
        }
    }

    private void OnStateChanged(IReadOnlyList<StateRecord> changed)
    {
        var concerned = changed.Select(record => record.Key.Cluster).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var state in _proxy.Value.GetClusters())
        {
            if (concerned.Contains(state.ClusterId))
            {
                Configure(state);
            }
        }
    }

    private void Configure(ClusterState state)
    {
        if (!_settings.Current.TryGetValue(state.ClusterId, out var settings))
        {
            OnClusterRemoved(state);
            return;
        }

        if (TakeOver(state, settings) is not var (cluster, before, change))
        {
            return;
        }

        var composition = cluster.Current.Composition;
        Settle(composition);
        _news.Reconfigured(cluster, change);
        if (change.Ring is { } moved)
        {
            RingChanged?.Invoke(cluster, moved);
        }

        foreach (var node in cluster.Current.Nodes)
        {
            if (before.Composition.Drains.GetValueOrDefault(node.Id)
                != composition.Drains.GetValueOrDefault(node.Id))
            {
                NodeChanged?.Invoke(cluster, node);
            }
        }

        Reconfigured?.Invoke();
    }

    // Reloads and runtime changes come from different threads; what is composed last is taken over last.
    private (FleetCluster Cluster, FleetSnapshot Before, Reconfiguration Change)? TakeOver(
        ClusterState state, ClusterSettings settings)
    {
        lock (_configuring)
        {
            var ring = settings.Get<RingSettings>();
            var composition = Composition.Of(
                state.Destinations.Values, ring.Algorithm, _state.Of(state.ClusterId), _state.StandingOf);
            var mistakes = ClusterRing.MistakesIn(
                state.ClusterId, [.. composition.Members.Values], ring, composition.Blend);
            if (mistakes.FirstOrDefault() is { } mistake)
            {
                FleetLog.RingKept(_logger, state.ClusterId, mistake);
                return null;
            }

            var cluster = _clusters.GetOrAdd(state.ClusterId, id => _leaving.TryRemove(id, out var back)
                ? back
                : new FleetCluster(id, settings, state.Model, _tunnels, _time));
            var before = cluster.Current;
            return (cluster, before, cluster.Configure(settings, state.Model, composition));
        }
    }

    // Outside of the locks: the store has one of its own, under which it tells of changes.
    private void Settle(Composition composition)
    {
        foreach (var (key, standing) in composition.Standings)
        {
            _state.Stand(key, standing);
        }

        if (composition.Lapsed.Count > 0)
        {
            _ = TakeBackAsync([.. composition.Lapsed.Select(key => new StateChange(key, null))]);
        }
    }

    private async Task TakeBackAsync(StateChange[] changes)
    {
        try
        {
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            await _state.WriteAsync(changes, CancellationToken.None);
        }
        catch (Exception ex) when (ex is not OutOfMemoryException)
        {
            // What has lapsed does not hold; only the record stays, and is tried again with the next change.
            FleetLog.TakingBackFailed(_logger, changes[0].Key.Cluster, ex);
        }
    }
}
