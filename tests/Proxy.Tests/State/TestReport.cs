using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Tests.State;

/// <summary>A report of this balancer with the clusters of the test; none by default.</summary>
internal sealed class TestReport : ILocalReport
{
    public Func<Dictionary<string, PeerCluster>> Clusters { get; set; } = static () => [];

    public IReadOnlyDictionary<string, PeerCluster> Read() => Clusters();

    /// <summary>The records that may be forgotten, given this report and those of the others.</summary>
    public ForgettableRecords Forgettable(PeerReports peers) => new(peers, new Lazy<ILocalReport>(this));
}
