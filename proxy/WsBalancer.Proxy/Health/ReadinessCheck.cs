using WsBalancer.Proxy.Fleet;

namespace WsBalancer.Proxy.Health;

/// <summary>Whether this balancer is ready, with what each of its clusters requires. Thread-safe.</summary>
internal sealed class ReadinessCheck(Readiness readiness, FleetRegistry fleet)
{
    /// <summary>The state of the process: <c>starting</c>, <c>ready</c> or <c>stopping</c>.</summary>
    public string State => readiness.Name;

    /// <summary>Whether the process is ready.</summary>
    public bool IsProcessReady => readiness.IsReady;

    /// <summary>Every cluster as it is now.</summary>
    public IReadOnlyList<ClusterReadiness> Clusters => [.. fleet.Clusters.Select(ClusterReadiness.Of)];
}

/// <summary>A cluster, and how many of its nodes it requires to be available.</summary>
/// <param name="Id">The cluster.</param>
/// <param name="Available">How many nodes new users may be placed on.</param>
/// <param name="MinAvailableNodes">How many are required.</param>
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

    /// <summary>Why it is not ready, in a sentence without a full stop.</summary>
    public string Describe() =>
        $"cluster '{Id}' has {Available} available nodes, and requires {MinAvailableNodes} "
        + "(Readiness:MinAvailableNodes)";
}
