namespace WsBalancer.Proxy.Fleet;

/// <summary>Changes of a cluster's nodes, as an operator asks for them.</summary>
/// <param name="Add">Nodes to add.</param>
/// <param name="Remove">Ids of nodes to remove.</param>
/// <param name="Weights">Other weights, by node.</param>
internal sealed record FleetChangeRequest(
    IReadOnlyList<NodeAddition> Add, IReadOnlyList<string> Remove, IReadOnlyDictionary<string, int> Weights);

/// <summary>A node to add, or one that was removed to take back.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Address">Where it listens.</param>
/// <param name="Weight">Its weight; null for that of its source or, without one, 1.</param>
/// <param name="RingKey">What the ring hashes for it; null for what its source or its address say.</param>
internal sealed record NodeAddition(string Id, string Address, int? Weight = null, string? RingKey = null);

/// <summary>A change that was made.</summary>
/// <param name="Plan">What it moved.</param>
/// <param name="Epoch">The ring that it made.</param>
/// <param name="Shared">Whether the other balancers were told; null if there is nobody to tell.</param>
internal sealed record ChangeResult(FleetPlan Plan, long Epoch, bool? Shared);
