namespace WsBalancer.Proxy.State;

/// <summary>The report that a balancer writes once a second for the others.</summary>
/// <param name="Id">The id of the balancer.</param>
/// <param name="Clusters">The clusters by id, in lower case.</param>
/// <param name="Digest">
/// The hash of the balancer's records (<see cref="StateRecords.Digest"/>); null from a version of the program without
/// digests.
/// </param>
/// <param name="Version">The version of the program; null from a program that does not report it.</param>
internal sealed record PeerReport(
    string Id, IReadOnlyDictionary<string, PeerCluster> Clusters, string? Digest = null, string? Version = null);

/// <summary>A cluster as one balancer has it.</summary>
/// <param name="Fingerprint">The fingerprint of the ring; empty without a ring.</param>
/// <param name="StateHash">The hash over ids, addresses and drains.</param>
/// <param name="Nodes">The nodes by id, including those that leave.</param>
/// <param name="Rebalance">The balancer's part of the cluster's rebalance; null without one.</param>
internal sealed record PeerCluster(
    string Fingerprint,
    string StateHash,
    IReadOnlyDictionary<string, PeerNode> Nodes,
    PeerRebalance? Rebalance);

/// <summary>A balancer's tunnels to one node.</summary>
internal sealed record PeerNode(long Tunnels, long Misplaced, PeerDrain? Drain);

/// <summary>A balancer's part of a drain.</summary>
/// <param name="Total">The balancer's tunnels to the node when the drain began.</param>
/// <param name="Remaining">The balancer's tunnels to the node that are open now.</param>
/// <param name="Closed">The tunnels that the drain closed.</param>
/// <param name="Forced">The closed tunnels that were aborted.</param>
internal sealed record PeerDrain(long Total, long Remaining, long Closed, long Forced);

/// <summary>A balancer's part of a rebalance.</summary>
/// <param name="Operation">The id of the rebalance.</param>
/// <param name="Remaining">The tunnels that the rebalance may close or is closing.</param>
/// <param name="Blocked">The misplaced tunnels that the rebalance leaves open.</param>
/// <param name="Closed">The tunnels that the rebalance closed.</param>
internal sealed record PeerRebalance(string Operation, long Remaining, long Blocked, long Closed);
