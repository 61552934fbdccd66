namespace WsBalancer.BackendSample;

/// <summary>The registration of a node with the balancers, through its Redis.</summary>
internal sealed record RegistrationOptions
{
    /// <summary>The cluster of the balancers that the node joins.</summary>
    public required string Cluster { get; init; }

    /// <summary>The URL at which balancers connect to the node; null for the address on which it listens.</summary>
    public string? Address { get; init; }

    /// <summary>The node's share of the users, relative to the weights of the other nodes.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>The prefix of the balancers' keys in Redis.</summary>
    public string Prefix { get; init; } = "wsbalancer";
}
