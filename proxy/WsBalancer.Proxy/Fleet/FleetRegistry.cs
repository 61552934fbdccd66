using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.State;
using WsBalancer.Proxy.Tunnels;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Model;

namespace WsBalancer.Proxy.Fleet;

/// <summary>
/// The clusters that the ring places, synchronized with YARP's clusters and with our settings. Cluster ids ignore case,
/// as in YARP.
/// </summary>
internal sealed class FleetRegistry : IClusterChangeListener, IDisposable
{
    private readonly ConcurrentDictionary<string, FleetCluster> _clusters = new(StringComparer.OrdinalIgnoreCase);

    // Removed clusters that still have open tunnels.
    private readonly ConcurrentDictionary<string, FleetCluster> _leaving = new(StringComparer.OrdinalIgnoreCase);

    private readonly Lock _configuring = new();
    private readonly IClusterSettingsSource _settings;
    private readonly StateStore _state;
    private readonly TunnelRegistry _tunnels;
    private readonly Lazy<IProxyStateLookup> _proxy;
    private readonly FleetEvents _news;
    private readonly Composer _composer;
    private readonly TimeProvider _time;

    // YARP creates its listeners before the state that they look up, so the lookup is lazy.
    public FleetRegistry(
        IClusterSettingsSource settings,
        StateStore state,
        TunnelRegistry tunnels,
        Lazy<IProxyStateLookup> proxy,
        FleetMetrics metrics,
        FleetEvents news,
        TimeProvider time,
        ILogger<FleetRegistry> logger)
    {
        _settings = settings;
        _state = state;
        _tunnels = tunnels;
        _proxy = proxy;
        _news = news;
        _time = time;
        _composer = new Composer(state, logger);
        _settings.Changed += OnSettingsChanged;
        _state.Changed += OnStateChanged;
        metrics.Publish(this);
    }

    /// <summary>Raised after the health of a node, its drain or its fullness changed.</summary>
    public event Action<FleetCluster, Node>? NodeChanged;

    /// <summary>Raised after the ring of a cluster changed.</summary>
    public event Action<FleetCluster, RingChangeRecord>? RingChanged;

    /// <summary>Raised after the nodes or settings of a cluster changed, or a cluster was added or removed.</summary>
    public event Action? Reconfigured;

    public IEnumerable<FleetCluster> Clusters =>
        _clusters.Values.OrderBy(cluster => cluster.Id, StringComparer.Ordinal);

    public FleetCluster? Find(string clusterId) => _clusters.GetValueOrDefault(clusterId);

    public void OnClusterAdded(ClusterState cluster) => Configure(cluster);

    public void OnClusterChanged(ClusterState cluster) => Configure(cluster);

    public void OnClusterRemoved(ClusterState cluster)
    {
        if (TakeAway(cluster.ClusterId) is { } removed)
        {
            _news.ClusterRemoved(removed);
            Reconfigured?.Invoke();
        }
    }

    /// <summary>Removes the leaving nodes and clusters whose last tunnel has ended.</summary>
    public void Sweep()
    {
        foreach (var cluster in _clusters.Values.Concat(_leaving.Values))
        {
            cluster.Sweep();
        }

        foreach (var (id, cluster) in _leaving)
        {
            if (cluster.Current.Leaving.IsEmpty)
            {
                _leaving.TryRemove(KeyValuePair.Create(id, cluster));
            }
        }
    }

    /// <summary>Records the result of a probe or a connect.</summary>
    public void SetHealth(FleetCluster cluster, Node node, NodeHealth health, string why)
    {
        if (node.Status.ProbedHealth != health)
        {
            var before = node.Health;
            cluster.Update(node, status => status with { ProbedHealth = health });
            Announce(cluster, node, before, why);
        }
    }

    /// <summary>Records that a node does not answer handshakes, unless too many nodes do not.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="node">The node.</param>
    /// <param name="share">The part of the nodes that may be silent.</param>
    /// <param name="why">The reason in words, for the log.</param>
    /// <returns>Whether the node is recorded as silent.</returns>
    public bool TrySetSilent(FleetCluster cluster, Node node, double share, string why)
    {
        if (!node.IsSilent)
        {
            var before = node.Health;
            cluster.Update(
                node, status => status with { IsSilent = cluster.Current.MayBeSilent(node, share) });
            if (node.IsSilent)
            {
                Announce(cluster, node, before, why);
            }
        }

        return node.IsSilent;
    }

    /// <summary>Records that a node answers handshakes again.</summary>
    public void EndSilence(FleetCluster cluster, Node node, string why)
    {
        if (node.IsSilent)
        {
            var before = node.Health;
            cluster.Update(node, status => status with { IsSilent = false });
            Announce(cluster, node, before, why);
        }
    }

    /// <summary>Records that a node announces a drain, or no longer announces one.</summary>
    public void SetAnnouncedDrain(FleetCluster cluster, Node node, bool draining)
    {
        if (node.Status.AnnouncesDrain != draining)
        {
            cluster.Update(node, status => status with { AnnouncesDrain = draining });
            _news.DrainAnnounced(cluster, node, draining);
            Announce(cluster, node);
        }
    }

    /// <summary>Records whether a node's registration has expired, and whether it announces a drain.</summary>
    public void SetRegistration(FleetCluster cluster, Node node, bool isLost, bool draining)
    {
        var before = node.Status;
        if ((before.IsRegistrationExpired, before.RegistrationAnnouncesDrain) == (isLost, draining))
        {
            return;
        }

        cluster.Update(
            node,
            status => status with { IsRegistrationExpired = isLost, RegistrationAnnouncesDrain = draining });
        if (before.RegistrationAnnouncesDrain != draining)
        {
            _news.DrainAnnounced(cluster, node, draining);
        }

        Announce(
            cluster, node, before.Health, isLost ? "its registration has run out" : "it has registered itself again");
    }

    /// <summary>Records whether a node has reached its limit of tunnels.</summary>
    public void SetFull(FleetCluster cluster, Node node, bool full)
    {
        if (node.IsFull != full)
        {
            cluster.Update(node, status => status with { IsFull = full });
            Announce(cluster, node);
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

    private void Announce(FleetCluster cluster, Node node)
    {
        _news.AvailabilityChanged(cluster);
        NodeChanged?.Invoke(cluster, node);
    }

    // Health has several causes: a change of one of them has no effect while another makes the node unhealthy.
    private void Announce(FleetCluster cluster, Node node, NodeHealth before, string why)
    {
        if (node.Health != before)
        {
            _news.HealthChanged(cluster, node, why);
        }

        Announce(cluster, node);
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
        // A rebalance moves tunnels, not homes.
        var concerned = changed.Where(record => record.Key.Kind != StateKind.Rebalance)
            .Select(record => record.Key.Cluster).ToHashSet(StringComparer.OrdinalIgnoreCase);
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
            _news.Unpinning(Find(state.ClusterId));
            OnClusterRemoved(state);
            return;
        }

        if (TakeOver(state, settings) is not var (cluster, change))
        {
            return;
        }

        _news.Reconfigured(cluster, change);
        _news.AvailabilityChanged(cluster);
        if (change.Ring is { } moved)
        {
            RingChanged?.Invoke(cluster, moved);
        }

        foreach (var node in change.Drains)
        {
            NodeChanged?.Invoke(cluster, node);
        }

        Reconfigured?.Invoke();
    }

    private FleetCluster? TakeAway(string id)
    {
        lock (_configuring)
        {
            if (!_clusters.TryRemove(id, out var removed))
            {
                return null;
            }

            var last = removed.Current;
            removed.Configure(last.Settings, last.Yarp, Composition.Empty);
            _leaving[removed.Id] = removed;
            return removed;
        }
    }

    // Reloads and runtime changes run on different threads: under the lock, the last composition is also applied last.
    // Events are raised after the lock; the store sets the status of overrides without a lock.
    private (FleetCluster Cluster, Reconfiguration Change)? TakeOver(ClusterState state, ClusterSettings settings)
    {
        lock (_configuring)
        {
            var before = _clusters.GetValueOrDefault(state.ClusterId)?.Current;
            var composition = _composer.Compose(state, settings.Get<RingSettings>(), before, out var mistake);
            if (composition is null)
            {
                return null;
            }

            _composer.StoreStatuses(composition);
            var cluster = _clusters.GetOrAdd(state.ClusterId, id => _leaving.TryRemove(id, out var back)
                ? back
                : new FleetCluster(id, settings, state.Model, _tunnels, _time, _news.Left));
            return (cluster, mistake is null
                ? cluster.Configure(settings, state.Model, composition)
                : cluster.Configure(before!.Settings, before.Yarp, composition, mistake));
        }
    }
}
