namespace WsBalancer.Cli.Admin;

/// <summary>One cluster in the answer of <c>GET /api/v1/clusters</c>.</summary>
/// <remarks>
/// <c>Ring</c> is null without nodes. <c>Problems</c> are the records that are set aside; null if the balancer does not
/// list them.
/// </remarks>
internal sealed record ClusterAnswer(
    string Id, RingAnswer? Ring, IReadOnlyList<NodeAnswer> Nodes, IReadOnlyList<ProblemRecordAnswer>? Problems = null);

/// <summary>A cluster's ring: its construction, and the fingerprint of its content.</summary>
internal sealed record RingAnswer(string Algorithm, string Spec, long Epoch, string Fingerprint);

/// <summary>One node of a cluster.</summary>
/// <remarks>
/// <c>Share</c> is the part of the key space that the ring gives the node, 0…1, whatever its state. <c>RingKey</c> is
/// what the ring hashes for the node; null if that is its id. <c>Overridden</c> names what was changed at run time.
/// </remarks>
internal sealed record NodeAnswer(
    string Id,
    string Address,
    int Weight,
    string State,
    string Health,
    long Tunnels,
    long Misplaced,
    double Share,
    string? RingKey = null,
    string Source = NodeAnswer.Configured,
    IReadOnlyList<string>? Overridden = null,
    string Cluster = "")
{
    public const string Configured = "configured";

    public bool HasOtherWeight => Overridden?.Contains("weight") is true;
}

/// <summary>
/// A record from outside of the balancer that is set aside, in the answer of <c>GET /api/v1/clusters</c>.
/// </summary>
internal sealed record ProblemRecordAnswer(string Source, string Record, string Mistake, DateTimeOffset Since);
