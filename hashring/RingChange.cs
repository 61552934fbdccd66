namespace WsBalancer.HashRing;

/// <summary>One change of a ring's nodes, for <see cref="Ring.Apply"/>.</summary>
public readonly record struct RingChange
{
    private RingChange(RingChangeKind kind, RingNode node)
    {
        Kind = kind;
        Node = node;
    }

    internal RingChangeKind Kind { get; }

    internal RingNode Node { get; }

    internal string Id => Node.Id;

    /// <summary>Adds a node that the ring does not have.</summary>
    public static RingChange Add(RingNode node) => new(RingChangeKind.Add, node);

    /// <summary>Removes a node that the ring has.</summary>
    public static RingChange Remove(string id) => new(RingChangeKind.Remove, new RingNode(id));

    /// <summary>Sets the weight of a node that the ring has, 0 to 65,535.</summary>
    public static RingChange Reweight(string id, int weight) =>
        new(RingChangeKind.Reweight, new RingNode(id, weight));

    /// <summary>The change in words, for logs.</summary>
    public override string ToString() => Kind switch
    {
        RingChangeKind.Add => $"add '{Id}' with weight {Node.Weight}",
        RingChangeKind.Remove => $"remove '{Id}'",
        RingChangeKind.Reweight => $"reweight '{Id}' to {Node.Weight}",
        _ => "no change",
    };
}
