namespace WsBalancer.Proxy.State;

/// <summary>The other balancers of the fleet, as far as they can be heard. Thread-safe.</summary>
internal sealed class Peers
{
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
    /// Whether every balancer of the fleet is known and has the records of this one, which is the first of them by id
    /// and therefore acts for all.
    /// </summary>
    /// <param name="id">This balancer.</param>
    /// <param name="digest">The hash of its records.</param>
    public bool AreAgreed(string id, string digest) => Known is { } others
        && others.All(other => other.Digest == digest && string.CompareOrdinal(id, other.Id) < 0);

    /// <summary>A cluster as each of the others has it.</summary>
    public IEnumerable<PeerCluster> Of(string cluster) => Others
        .Select(peer => peer.Clusters.GetValueOrDefault(cluster.ToLowerInvariant()))
        .OfType<PeerCluster>();
}
