namespace WsBalancer.BackendSample;

/// <summary>How a node registers itself with the balancers, through its Redis.</summary>
internal sealed record RegistrationOptions
{
    /// <summary>The cluster of the balancers that it joins.</summary>
    public required string Cluster { get; init; }

    /// <summary>Where balancers reach it; null for where it listens.</summary>
    public string? Address { get; init; }

    /// <summary>Its part of the users, relative to the others'.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>What the balancers' keys begin with.</summary>
    public string Prefix { get; init; } = "wsbalancer";
}
