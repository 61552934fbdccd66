namespace WsBalancer.Proxy.Fleet;

/// <summary>Changes of a cluster's nodes that an operator requests.</summary>
/// <param name="Add">Nodes to add.</param>
/// <param name="Remove">Ids of nodes to remove.</param>
/// <param name="Weights">Other weights, by node.</param>
internal sealed record FleetChangeRequest(
    IReadOnlyList<NodeAddition> Add, IReadOnlyList<string> Remove, IReadOnlyDictionary<string, int> Weights);

/// <summary>A node to add, or a removed node to restore.</summary>
/// <param name="Id">The id of the node.</param>
/// <param name="Address">The URL of the node.</param>
/// <param name="Weight">The weight; null for the weight of its source, or 1 without a source.</param>
/// <param name="RingKey">
/// The text that the ring hashes for the node; null for the text from its source or its address.
/// </param>
internal sealed record NodeAddition(string Id, string Address, int? Weight = null, string? RingKey = null);

/// <summary>The result of a change.</summary>
/// <param name="Plan">The plan of the change, with what it moved.</param>
/// <param name="Epoch">The epoch of the ring after the change.</param>
/// <param name="Shared">Whether the other balancers were notified; null if this balancer does not share.</param>
internal sealed record ChangeResult(FleetPlan Plan, long Epoch, bool? Shared);
