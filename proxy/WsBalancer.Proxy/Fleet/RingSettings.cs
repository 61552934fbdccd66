using System.ComponentModel.DataAnnotations;
using WsBalancer.HashRing;

namespace WsBalancer.Proxy.Fleet;

/// <summary>Which ring orders the nodes of a cluster. Bound from <c>WsBalancer:Clusters:C:Ring</c>.</summary>
internal sealed record RingSettings : IValidatableObject
{
    /// <summary>The algorithm, one of <see cref="RingAlgorithm.All"/>. Default: <c>rendezvous</c>.</summary>
    // The others are for fleets that come from another balancer: with its ring no user moves on the way.
    public string Algorithm { get; init; } = RingAlgorithm.Default.Name;

    /// <summary>The hash function, for an algorithm that leaves a choice. Default: its first.</summary>
    public string? Hash { get; init; }

    /// <summary>The size of the table, for an algorithm that leaves a choice. Default: its own.</summary>
    public int? TableSize { get; init; }

    /// <summary>A secret text that makes owners unpredictable to outsiders. Default: none. Never printed.</summary>
    // All balancers of a fleet need the same one; it moves every user when it changes.
    [Secret]
    [MinLength(1, ErrorMessage = "a text that is not empty, or no seed at all")]
    public string? Seed { get; init; }

    /// <summary>The same for the ring itself.</summary>
    public RingOptions Options => new() { Algorithm = Algorithm, Hash = Hash, TableSize = TableSize, Seed = Seed };

    /// <summary>What the algorithm is and needs; null if there is none of that name.</summary>
    public RingAlgorithm? Kind => RingAlgorithm.Find(Algorithm);

    // Every rule depends on the algorithm: while that is wrong itself, nothing can be said of the others.
    IEnumerable<ValidationResult> IValidatableObject.Validate(ValidationContext validationContext) =>
        from mistake in Options.Mistakes()
        select new ValidationResult($"expected {mistake.Expected}", [mistake.Part, nameof(Algorithm)]);
}
