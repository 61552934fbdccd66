namespace WsBalancer.Proxy.State;

/// <summary>
/// Names nodes from outside of the file: their own registrations in Redis; a resolver or an orchestrator would be
/// another one.
/// </summary>
internal interface IMembershipSource
{
    /// <summary>Every node it names now; null while it cannot tell, in which case nothing changes.</summary>
    public IReadOnlyList<NamedNode>? Nodes { get; }

    /// <summary>Raised after <see cref="Nodes"/> changed.</summary>
    public event Action? Changed;
}

/// <summary>A node as a <see cref="IMembershipSource"/> names it.</summary>
/// <param name="Cluster">Its cluster, in lower case.</param>
/// <param name="Id">Its id.</param>
/// <param name="Address">Where it listens.</param>
/// <param name="Weight">Its weight, 0…65535.</param>
/// <param name="IsDraining">Whether it says that it drains.</param>
internal sealed record NamedNode(string Cluster, string Id, string Address, int Weight, bool IsDraining);

/// <summary>Where nodes come from the file alone.</summary>
internal sealed class NoMembership : IMembershipSource
{
    public IReadOnlyList<NamedNode> Nodes => [];

    public event Action? Changed
    {
        add
        {
            // It never does.
        }

        remove
        {
            // It never does.
        }
    }
}
