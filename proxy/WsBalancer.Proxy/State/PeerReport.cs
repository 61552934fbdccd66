namespace WsBalancer.Proxy.State;

/// <summary>What a balancer tells the others of itself, once a second.</summary>
/// <param name="Id">The balancer.</param>
/// <param name="Clusters">By id, in lower case.</param>
/// <param name="Digest">
/// The hash of its records (<see cref="StateRecords.Digest"/>); null if its version of the program has none.
/// </param>
/// <param name="Version">Of its program; null if that does not report it.</param>
internal sealed record PeerReport(
    string Id, IReadOnlyDictionary<string, PeerCluster> Clusters, string? Digest = null, string? Version = null);

/// <summary>A cluster as a balancer has it.</summary>
/// <param name="Fingerprint">Of its ring; empty without one.</param>
/// <param name="StateHash">Over ids, addresses and drains.</param>
/// <param name="Nodes">Its nodes by id, the leaving ones among them.</param>
/// <param name="Rebalance">Its part of the cluster's rebalance; null if it has none.</param>
internal sealed record PeerCluster(
    string Fingerprint,
    string StateHash,
    IReadOnlyDictionary<string, PeerNode> Nodes,
    PeerRebalance? Rebalance);

/// <summary>A balancer's tunnels to one node.</summary>
internal sealed record PeerNode(long Tunnels, long Misplaced, PeerDrain? Drain);

/// <summary>A balancer's part of a drain.</summary>
/// <param name="Total">Its tunnels when it began.</param>
/// <param name="Remaining">Those of them that are open.</param>
/// <param name="Closed">Those that the drain closed.</param>
/// <param name="Forced">Those of these that had to be cut.</param>
internal sealed record PeerDrain(long Total, long Remaining, long Closed, long Forced);

/// <summary>A balancer's part of a rebalance.</summary>
/// <param name="Operation">Which one.</param>
/// <param name="Remaining">Tunnels it may close, or is closing.</param>
/// <param name="Blocked">Misplaced tunnels it leaves alone.</param>
/// <param name="Closed">Tunnels it closed.</param>
internal sealed record PeerRebalance(string Operation, long Remaining, long Blocked, long Closed);
