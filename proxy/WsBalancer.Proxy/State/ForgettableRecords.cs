namespace WsBalancer.Proxy.State;

/// <summary>Finds the records that no balancer needs: they may be forgotten once all balancers have them.</summary>
/// <param name="peers">The reports of the other balancers.</param>
/// <param name="local">The report of this balancer, created when it is first needed: it uses the records.</param>
internal sealed class ForgettableRecords(PeerReports peers, Lazy<ILocalReport> local)
{
    // 100 records have about 15 KB in the file and in Redis. Both are written once more when records are forgotten.
    private const int MaxForgotten = 100;

    /// <summary>
    /// The tombstones, and the removals of nodes that no configuration named and whose last tunnel has ended. Empty as
    /// long as there are few of them.
    /// </summary>
    public IReadOnlyList<StateRecord> In(StateRecords records)
    {
        var forgettable = records.All.Where(record => record.Version.Number <= StateVersion.HighestCounted
            && record.Value is null or RemovalValue { WasConfigured: false }).ToList();
        if (forgettable.Count <= MaxForgotten)
        {
            return [];
        }

        var nodes = peers.Others.Select(other => other.Clusters).Append(local.Value.Read())
            .SelectMany(clusters => clusters)
            .SelectMany(cluster => cluster.Value.Nodes.Keys.Select(node => (cluster.Key, node)))
            .ToHashSet();
        forgettable.RemoveAll(
            record => record.Value is not null && nodes.Contains((record.Key.Cluster, record.Key.Node)));
        return forgettable;
    }
}
