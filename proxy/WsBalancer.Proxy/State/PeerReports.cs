namespace WsBalancer.Proxy.State;

/// <summary>The other balancers of the fleet, by their latest reports. Thread-safe.</summary>
internal sealed class PeerReports
{
    private volatile IReadOnlyList<PeerReport>? _others = [];

    /// <summary>
    /// The latest reports of the others whose lease has not expired; empty while the others are unknown.
    /// </summary>
    public IReadOnlyList<PeerReport> Others => _others ?? [];

    /// <summary>
    /// The reports as in <see cref="Others"/>; null while the others are unknown: before the first exchange, and while
    /// Redis is not available.
    /// </summary>
    public IReadOnlyList<PeerReport>? Known => _others;

    /// <summary>Replaces the reports with those of a new exchange.</summary>
    public void Update(IReadOnlyList<PeerReport> others) => _others = others;

    /// <summary>Marks the others as unknown.</summary>
    public void MarkUnknown() => _others = null;

    /// <summary>
    /// Whether every balancer of the fleet is known and has the records of this one, which is the first of them by id
    /// and therefore acts for all.
    /// </summary>
    /// <param name="id">The id of this balancer.</param>
    /// <param name="digest">The hash of this balancer's records.</param>
    public bool AreAgreed(string id, string digest) => Known is { } others
        && others.All(other => other.Digest == digest && string.CompareOrdinal(id, other.Id) < 0);

    /// <summary>A cluster as each of the other balancers reports it.</summary>
    public IEnumerable<PeerCluster> Of(string cluster) => Others
        .Select(peer => peer.Clusters.GetValueOrDefault(cluster.ToLowerInvariant()))
        .OfType<PeerCluster>();
}
