namespace WsBalancer.Proxy.State;

/// <summary>Finds the records that no balancer needs: they may be forgotten once all balancers have them.</summary>
internal sealed class ForgettableRecords(PeerReports peers)
{
    // 100 records have about 15 KB in the file and in Redis. Both are written once more when records are forgotten.
    private const int MaxForgotten = 100;

    /// <summary>
    /// The tombstones, and the removals of nodes that no configuration named and whose last tunnel has ended. Empty as
    /// long as there are few of them.
    /// </summary>
    public IReadOnlyList<StateRecord> In(StateRecords records)
    {
        var spent = records.All.Where(record => record.Version.Number <= StateVersion.HighestCounted
            && record.Value is null or RemovalValue { WasConfigured: false }).ToList();
        if (spent.Count <= MaxForgotten)
        {
            return [];
        }

        var nodes = peers.Others.Select(other => other.Clusters).Append(peers.LocalReport())
            .SelectMany(clusters => clusters)
            .SelectMany(cluster => cluster.Value.Nodes.Keys.Select(node => (cluster.Key, node)))
            .ToHashSet();
        spent.RemoveAll(record => record.Value is not null && nodes.Contains((record.Key.Cluster, record.Key.Node)));
        return spent;
    }
}
