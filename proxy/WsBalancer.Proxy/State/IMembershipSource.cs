namespace WsBalancer.Proxy.State;

/// <summary>
/// A source of nodes outside the configuration: their own registrations in Redis. A resolver or an orchestrator would
/// be another source.
/// </summary>
internal interface IMembershipSource
{
    /// <summary>
    /// Every node that the source names now; null while the source is not available, in which case nothing changes.
    /// </summary>
    public IReadOnlyList<NamedNode>? Nodes { get; }

    /// <summary>Raised after <see cref="Nodes"/> changed.</summary>
    public event Action? Changed;
}

/// <summary>A node as an <see cref="IMembershipSource"/> names it.</summary>
/// <param name="Cluster">The cluster of the node, in lower case.</param>
/// <param name="Id">The id of the node.</param>
/// <param name="Address">The URL of the node.</param>
/// <param name="Weight">The weight, 0…65535.</param>
/// <param name="IsDraining">Whether the node announces a drain.</param>
internal sealed record NamedNode(string Cluster, string Id, string Address, int Weight, bool IsDraining);

/// <summary>The source without nodes, for a balancer that does not share through Redis.</summary>
internal sealed class NoMembership : IMembershipSource
{
    public IReadOnlyList<NamedNode> Nodes => [];

    public event Action? Changed
    {
        add
        {
            // The nodes never change.
        }

        remove
        {
            // The nodes never change.
        }
    }
}
