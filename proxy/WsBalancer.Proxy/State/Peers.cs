namespace WsBalancer.Proxy.State;

/// <summary>The other balancers of the fleet, as far as they can be heard. Thread-safe.</summary>
internal sealed class Peers
{
    // Some 15 KB in file and in Redis. Each time they are forgotten, file and Redis are written once more.
    private const int MostSpent = 100;

    private volatile IReadOnlyList<PeerReport>? _others = [];

    /// <summary>What this balancer reports of itself; asked once a second. Set once, at the start.</summary>
    public Func<IReadOnlyDictionary<string, PeerCluster>> Own { get; set; } =
        () => new Dictionary<string, PeerCluster>();

    /// <summary>The latest reports of the others, whose lease has not ended.</summary>
    public IReadOnlyList<PeerReport> Others => _others ?? [];

    /// <summary>The same; null while the others cannot be heard, and nobody knows who there is.</summary>
    public IReadOnlyList<PeerReport>? Known => _others;

    /// <summary>Takes over what was heard.</summary>
    public void Heard(IReadOnlyList<PeerReport> others) => _others = others;

    /// <summary>The others cannot be heard.</summary>
    public void Lost() => _others = null;

    /// <summary>
    /// Whether every balancer of the fleet is known and has the records of this one, which is the first of them by id:
    /// the one that does what one has to do for all.
    /// </summary>
    /// <param name="id">This balancer.</param>
    /// <param name="digest">The hash of its records.</param>
    public bool AreAgreed(string id, string digest) => Known is { } others
        && others.All(other => other.Digest == digest && string.CompareOrdinal(id, other.Id) < 0);

    /// <summary>
    /// The records that no balancer needs any more, if they are so many that it is worth to forget them: those that
    /// took something back, and the removals of nodes that no configuration named and whose last tunnel has ended.
    /// </summary>
    public IReadOnlyList<StateRecord> SpentOf(StateRecords records)
    {
        var spent = records.All.Where(record => record.Version.Number <= StateVersion.HighestCounted
            && record.Value is null or RemovalValue { WasConfigured: false }).ToList();
        if (spent.Count <= MostSpent)
        {
            return [];
        }

        var nodes = Others.Select(other => other.Clusters).Append(Own())
            .SelectMany(clusters => clusters)
            .SelectMany(cluster => cluster.Value.Nodes.Keys.Select(node => (cluster.Key, node)))
            .ToHashSet();
        spent.RemoveAll(record => record.Value is not null && nodes.Contains((record.Key.Cluster, record.Key.Node)));
        return spent;
    }

    /// <summary>A cluster as each of the others has it.</summary>
    public IEnumerable<PeerCluster> Of(string cluster) => Others
        .Select(peer => peer.Clusters.GetValueOrDefault(cluster.ToLowerInvariant()))
        .OfType<PeerCluster>();
}
