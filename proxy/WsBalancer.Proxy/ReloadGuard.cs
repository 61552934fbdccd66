using System.Globalization;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.State;
using Yarp.ReverseProxy.Configuration;

namespace WsBalancer.Proxy;

/// <summary>
/// Finds the nodes that a changed configuration would remove and the users that it would move: a file that was emptied
/// by accident looks like one that was emptied on purpose, and so does a file in which half of the nodes are missing.
/// </summary>
internal sealed class ReloadGuard(FleetLosses losses, FleetMoves moves)
{
    private const string MaxMoved =
        $"{BalancerSettings.Section}:{nameof(BalancerSettings.Reload)}:{nameof(ReloadOptions.MaxMoved)}";

    private static readonly Dictionary<string, DestinationConfig> NoNodes = [];

    /// <summary>
    /// Whether a cluster without nodes in a changed configuration may have nodes from another source.
    /// </summary>
    public bool MayBeEmpty(StateOptions state, string cluster) => state.IsShared || losses.IsKnown(cluster);

    /// <summary>Sets whether a configuration may remove all nodes of a cluster.</summary>
    public void SetForced(bool force) => losses.AreForced = force;

    /// <returns>A sentence for each cluster that would have no node, without its full stop.</returns>
    public IReadOnlyList<string> LossesIn(CheckedConfiguration changed) =>
    [
        .. losses.OfClusters(changed.Settings.Clusters.Keys),
        .. changed.Settings.Clusters.Keys.Select(cluster =>
            losses.OfNodes(cluster, NodesOf(changed, cluster).Keys)).OfType<string>(),
    ];

    /// <returns>The moves in each cluster that changes, sorted by cluster.</returns>
    public IReadOnlyList<ClusterMove> MovesIn(CheckedConfiguration changed) =>
    [
        .. changed.Settings.Clusters
            .Select(cluster => moves.Of(
                cluster.Key, NodesOf(changed, cluster.Key), cluster.Value.Get<RingSettings>()))
            .OfType<ClusterMove>()
            .Concat(moves.OfOthers(changed.Settings.Clusters.Keys))
            .OrderBy(move => move.Cluster, StringComparer.Ordinal),
    ];

    /// <returns>A sentence for each cluster that a reload may change by force only.</returns>
    public static IEnumerable<string> RisksIn(IEnumerable<ClusterMove> moves, ReloadOptions options) =>
        from move in moves
        where move.Exceeds(options.MaxMoved)
        select string.Create(
            CultureInfo.InvariantCulture,
            $"The changed configuration would move {move}. {MaxMoved} is {options.MaxMoved * 100:0.##}%.");

    private static IReadOnlyDictionary<string, DestinationConfig> NodesOf(
        CheckedConfiguration changed, string cluster) => changed.FindCluster(cluster)?.Destinations ?? NoNodes;
}
