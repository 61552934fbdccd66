using WsBalancer.Proxy.Fleet;

namespace WsBalancer.Proxy.Health;

/// <summary>Reads whether this balancer is ready, including the requirements of its clusters. Thread-safe.</summary>
internal sealed class ReadinessCheck(Readiness readiness, FleetRegistry fleet)
{
    public BalancerReadiness Read()
    {
        ClusterReadiness[] clusters = [.. fleet.Clusters.Select(ClusterReadiness.Of)];
        return new BalancerReadiness(
            readiness.IsReady && Array.TrueForAll(clusters, static cluster => cluster.Ready), readiness.Name, clusters);
    }
}

/// <summary>The readiness of this balancer, and its parts.</summary>
/// <param name="Ready">Whether all parts are ready.</param>
/// <param name="State">The state of the process: <c>starting</c>, <c>ready</c> or <c>stopping</c>.</param>
/// <param name="Clusters">The readiness of every cluster.</param>
internal sealed record BalancerReadiness(bool Ready, string State, IReadOnlyList<ClusterReadiness> Clusters)
{
    /// <summary>The state or, if the process is ready but clusters are not, a line for each of them.</summary>
    public string Describe() => Ready || State != Readiness.ReadyName
        ? State
        : string.Join('\n', from cluster in Clusters where !cluster.Ready select cluster.Describe());
}

/// <summary>The available nodes of a cluster, and the number that it requires.</summary>
/// <param name="Id">The id of the cluster.</param>
/// <param name="Available">The number of nodes that new users may be placed on.</param>
/// <param name="MinAvailableNodes">The required number.</param>
internal sealed record ClusterReadiness(string Id, int Available, int MinAvailableNodes)
{
    public bool Ready => Available >= MinAvailableNodes;

    public static ClusterReadiness Of(FleetCluster cluster)
    {
        var snapshot = cluster.Current;
        return new ClusterReadiness(
            cluster.Id,
            snapshot.AvailableNodes.Count(),
            snapshot.Settings.Get<ReadinessOptions>().MinAvailableNodes);
    }

    /// <summary>Available and required nodes, in a clause without a full stop.</summary>
    public string Describe() =>
        $"available nodes of cluster '{Id}': {Available} of at least {MinAvailableNodes} (Readiness:MinAvailableNodes)";
}
