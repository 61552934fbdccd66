namespace WsBalancer.HashRing;

/// <summary>How a ring is built. Rings agree on owners only when all of it is equal, and the nodes too.</summary>
public sealed record RingOptions
{
    /// <summary>
    /// The construction; <c>rendezvous</c> is the default and, for now, the only one. Case-sensitive.
    /// </summary>
    public string Algorithm { get; init; } = "rendezvous";

    /// <summary>
    /// A secret text that every balancer of the fleet shares, or null for none. With it, a stranger cannot compute
    /// which user ids land on one node. Not empty; never printed.
    /// </summary>
    // The fingerprint covers the seed and is public, so a short seed can be guessed from it: 128 random bits cannot.
    public string? Seed { get; init; }

    /// <summary>The options in words, for logs: whether there is a seed, not which.</summary>
    public override string ToString() => $"{Algorithm}, seed {(Seed is null ? "none" : "set")}";
}
