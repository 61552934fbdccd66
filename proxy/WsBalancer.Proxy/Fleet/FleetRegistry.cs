using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
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

    private readonly IClusterSettingsSource _settings;
    private readonly TunnelRegistry _tunnels;
    private readonly Lazy<IProxyStateLookup> _proxy;
    private readonly FleetMetrics _metrics;
    private readonly ILogger<FleetRegistry> _logger;

    // YARP builds its listeners before the state that they would look into; hence lazy.
    public FleetRegistry(
        IClusterSettingsSource settings,
        TunnelRegistry tunnels,
        Lazy<IProxyStateLookup> proxy,
        FleetMetrics metrics,
        ILogger<FleetRegistry> logger)
    {
        _settings = settings;
        _tunnels = tunnels;
        _proxy = proxy;
        _metrics = metrics;
        _logger = logger;
        _settings.Changed += OnSettingsChanged;
        metrics.Publish(this);
    }

    /// <summary>Raised after a node became healthy or unhealthy, or began or ceased to drain.</summary>
    public event Action<FleetCluster, Node>? NodeChanged;

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
            removed.Leave();
            _leaving[removed.Id] = removed;
            _metrics.ClusterRemoved(removed);
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
        if (node.Health == health)
        {
            return;
        }

        cluster.Update(node, health: health);
        FleetLog.HealthChanged(_logger, node.Id, cluster.Id, NodeLabel.Of(health), why);
        NodeChanged?.Invoke(cluster, node);
    }

    /// <summary>Records that a node said it drains, or that it no longer says so.</summary>
    public void SetSaysDraining(FleetCluster cluster, Node node, bool draining)
    {
        if (node.SaysDraining == draining)
        {
            return;
        }

        cluster.Update(node, saysDraining: draining);
        FleetLog.DrainAnnounced(_logger, node.Id, cluster.Id, draining ? "drains" : "no longer drains");
        NodeChanged?.Invoke(cluster, node);
    }

    public void Dispose() => _settings.Changed -= OnSettingsChanged;

    private void OnSettingsChanged()
    {
        foreach (var cluster in _proxy.Value.GetClusters())
        {
            Configure(cluster);
        }
    }

    private void Configure(ClusterState state)
    {
        if (!_settings.Current.TryGetValue(state.ClusterId, out var settings))
        {
            OnClusterRemoved(state);
            return;
        }

        var destinations = state.Destinations.Values.ToArray();
        var configs = destinations.ToDictionary(
            destination => destination.DestinationId, destination => destination.Model.Config, StringComparer.Ordinal);
        var mistakes = RingMembers.MistakesIn(state.ClusterId, configs, settings.Get<RingSettings>());
        if (mistakes.FirstOrDefault() is { } mistake)
        {
            FleetLog.RingKept(_logger, state.ClusterId, mistake);
            return;
        }

        var cluster = _clusters.GetOrAdd(state.ClusterId, id => _leaving.TryRemove(id, out var back)
            ? back
            : new FleetCluster(id, settings, state.Model, _tunnels));
        var change = cluster.Configure(settings, state.Model, destinations);
        FleetLog.Configured(_logger, cluster.Id, cluster.Current.Nodes.Length, cluster.Current.Ring?.Spec ?? "no ring");
        if (change is not null)
        {
            _metrics.RingChanged(cluster, change);
            Tell(cluster, change);
        }

        Reconfigured?.Invoke();
    }

    private void Tell(FleetCluster cluster, RingChangeRecord change)
    {
        var nodes = cluster.Current.Nodes.Length;
        if (change.IsKnown)
        {
            var minimum = change.Moved - change.Excess;
            FleetLog.RingChanged(
                _logger, cluster.Id, change.Epoch, nodes, change.Moved, minimum, change.Excess);
        }
        else
        {
            FleetLog.RingReplaced(_logger, cluster.Id, change.Epoch, nodes, cluster.Current.Ring!.Spec);
        }
    }
}
