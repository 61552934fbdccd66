using WsBalancer.Proxy.State;
using Yarp.ReverseProxy.Configuration;

namespace WsBalancer.Proxy.Fleet;

/// <summary>What a changed configuration would take away from clusters that have nodes now. Changes nothing.</summary>
internal sealed class FleetLosses(FleetRegistry fleet, StateStore state)
{
    /// <summary>Whether a configuration may take all nodes from a cluster.</summary>
    public bool AreForced { get; set; }

    /// <summary>Whether a cluster is known here, or was given nodes at run time.</summary>
    public bool IsKnown(string clusterId) =>
        fleet.Find(clusterId) is not null || state.Of(clusterId).Any(record => record.Value is MemberValue);

    /// <summary>What a cluster would lose if the configuration named these nodes; null if it kept any node.</summary>
    /// <param name="clusterId">The cluster.</param>
    /// <param name="configured">The ids of the nodes that the configuration names for it.</param>
    public string? OfNodes(string clusterId, IEnumerable<string> configured)
    {
        if (AreForced || fleet.Find(clusterId) is not { Current.Nodes.Length: > 0 } cluster)
        {
            return null;
        }

        // Nodes that registered themselves or were added at run time stay; what an operator removed does not return.
        var members = configured.Select(id => new Member(id, new DestinationConfig(), null, NodeSource.Configured));
        var algorithm = cluster.Current.Settings.Get<RingSettings>().Algorithm;
        var composition = Composition.Of(members, algorithm, state.Of(cluster.Id), state.StandingOf);
        return composition.Members.Count > 0
            ? null
            : $"Cluster '{cluster.Id}' would be left without a node: it has {AmountsOf(cluster)} now";
    }

    /// <summary>What would be lost if the configuration named these clusters; empty if it named any.</summary>
    /// <param name="configured">The ids of the clusters that the ring is to place.</param>
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
