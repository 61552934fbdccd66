namespace WsBalancer.HashRing;

/// <summary>How a ring is built. Rings agree on owners only when all of it is equal, and the nodes too.</summary>
public sealed record RingOptions
{
    /// <summary>
    /// The construction: the name of one of <see cref="RingAlgorithm.All"/>. Case-sensitive. Default:
    /// <c>rendezvous</c>.
    /// </summary>
    public string Algorithm { get; init; } = RingAlgorithm.Default.Name;

    /// <summary>
    /// Which hash function, where the algorithm leaves a choice: one of <see cref="RingAlgorithm.Hashes"/>. Null
    /// for the first of them.
    /// </summary>
    public string? Hash { get; init; }

    /// <summary>
    /// The size of the table, where the algorithm leaves a choice: see <see cref="RingAlgorithm.TableSize"/>. Null for
    /// its default.
    /// </summary>
    public int? TableSize { get; init; }

    /// <summary>
    /// A secret text that every balancer of the fleet shares, or null for none. With it, a stranger cannot compute
    /// which user ids land on one node. Not empty; never printed. A ring that is compatible with another balancer takes
    /// none, since the other has none.
    /// </summary>
    // The fingerprint covers the seed and is public, so a short seed can be guessed from it: 128 random bits cannot.
    public string? Seed { get; init; }

    /// <summary>What no ring can be built with, one entry per option that is wrong.</summary>
    public IEnumerable<RingMistake> Mistakes() => RingAlgorithm.Find(Algorithm) is { } algorithm
        ? algorithm.MistakesIn(this)
        :
        [
            new RingMistake(
                nameof(Algorithm),
                Algorithm ?? "",
                "one of " + string.Join(", ", RingAlgorithm.All.Select(static known => known.Name))),
        ];

    /// <summary>The options in words, for logs: whether there is a seed, not which.</summary>
    public override string ToString() =>
        $"{Algorithm}{(Hash is null ? "" : $", hash {Hash}")}{(TableSize is null ? "" : $", table size {TableSize}")}"
        + $", seed {(Seed is null ? "none" : "set")}";
}
