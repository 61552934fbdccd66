namespace WsBalancer.HashRing;

/// <summary>
/// The way in which a ring is built. Rings agree on owners only if all options are equal, and the nodes too.
/// </summary>
public sealed record RingOptions
{
    /// <summary>
    /// The name of one of <see cref="RingAlgorithm.All"/>. Case-sensitive. Default: <c>rendezvous</c>.
    /// </summary>
    public string Algorithm { get; init; } = RingAlgorithm.Default.Name;

    /// <summary>
    /// The hash function, where the algorithm has a choice: one of <see cref="RingAlgorithm.Hashes"/>. Null for the
    /// first of them.
    /// </summary>
    public string? Hash { get; init; }

    /// <summary>
    /// The size of the table, where the algorithm has a choice: see <see cref="RingAlgorithm.TableSize"/>. Null for its
    /// default.
    /// </summary>
    public int? TableSize { get; init; }

    /// <summary>
    /// A secret text that every balancer of the fleet shares, or null for none. Only with the seed can one compute
    /// which user ids a node owns. Not empty; never printed. A ring that is compatible with another balancer accepts
    /// none, because that balancer has none.
    /// </summary>
    // The fingerprint covers the seed and is public, so a short seed can be guessed from it: 128 random bits cannot.
    public string? Seed { get; init; }

    /// <summary>The options with which no ring can be built, one entry for each wrong option.</summary>
    public IEnumerable<RingMistake> Mistakes() => RingAlgorithm.Find(Algorithm) is { } algorithm
        ? algorithm.MistakesIn(this)
        :
        [
            new RingMistake(
                nameof(Algorithm),
                Algorithm ?? "",
                "one of " + string.Join(", ", RingAlgorithm.All.Select(static known => known.Name))),
        ];

    /// <summary>The options in words, for logs: whether there is a seed, but not its text.</summary>
    public override string ToString() =>
        $"{Algorithm}{(Hash is null ? "" : $", hash {Hash}")}{(TableSize is null ? "" : $", table size {TableSize}")}"
        + $", seed {(Seed is null ? "none" : "set")}";
}
