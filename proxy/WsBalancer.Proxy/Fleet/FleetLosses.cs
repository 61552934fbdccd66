using WsBalancer.Proxy.State;
using Yarp.ReverseProxy.Configuration;

namespace WsBalancer.Proxy.Fleet;

/// <summary>
/// Finds what a changed configuration would remove from clusters that have nodes now. Changes nothing.
/// </summary>
internal sealed class FleetLosses(FleetRegistry fleet, StateStore state)
{
    /// <summary>Whether a configuration may take all nodes from a cluster.</summary>
    public bool AreForced { get; set; }

    /// <summary>Whether the fleet has the cluster, or nodes were added to it at run time.</summary>
    public bool IsKnown(string clusterId) =>
        fleet.Find(clusterId) is not null || state.Of(clusterId).Any(record => record.Value is MemberValue);

    /// <summary>
    /// The loss of a cluster if the configuration named these nodes, as a sentence without a full stop; null if any
    /// node remained.
    /// </summary>
    /// <param name="clusterId">The id of the cluster.</param>
    /// <param name="configured">The ids of the nodes that the configuration names for it.</param>
    public string? OfNodes(string clusterId, IEnumerable<string> configured)
    {
        if (AreForced || fleet.Find(clusterId) is not { Current.Nodes.Length: > 0 } cluster)
        {
            return null;
        }

        // Nodes that registered themselves or were added at run time stay; nodes that an operator removed do not
        // return.
        var members = configured.Select(id => new Member(id, new DestinationConfig(), null, NodeSource.Configured));
        var algorithm = cluster.Current.Settings.Get<RingSettings>().Algorithm;
        var composition = Composition.Of(members, algorithm, state.Of(cluster.Id), state.StatusOf);
        return composition.Members.Count > 0
            ? null
            : $"Cluster '{cluster.Id}' would be left without a node: it has {AmountsOf(cluster)} now";
    }

    /// <summary>
    /// The losses if the configuration named these clusters, each a sentence without a full stop; none if it named any.
    /// </summary>
    /// <param name="configured">The ids of the clusters that the ring should place.</param>
    public IEnumerable<string> OfClusters(IEnumerable<string> configured) => configured.Any()
        ? []
        : fleet.Clusters.Where(cluster => cluster.Current.Nodes.Length > 0).Select(cluster =>
            $"Cluster '{cluster.Id}' would be removed, and no cluster would be left: it has {AmountsOf(cluster)} now");

    private static string AmountsOf(FleetCluster cluster)
    {
        var nodes = cluster.Current.Nodes.Length;
        var tunnels = cluster.Current.All.Sum(node => node.Ledger.Active);
        return $"{nodes} {(nodes == 1 ? "node" : "nodes")} and {tunnels} {(tunnels == 1 ? "tunnel" : "tunnels")}";
    }
}
