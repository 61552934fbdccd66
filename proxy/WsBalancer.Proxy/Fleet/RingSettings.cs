using System.ComponentModel.DataAnnotations;
using WsBalancer.HashRing;
using WsBalancer.Proxy.Settings;

namespace WsBalancer.Proxy.Fleet;

/// <summary>The ring that orders the nodes of a cluster. Bound from <c>WsBalancer:Clusters:C:Ring</c>.</summary>
internal sealed record RingSettings : IValidatableObject
{
    /// <summary>The algorithm, one of <see cref="RingAlgorithm.All"/>. Default: <c>rendezvous</c>.</summary>
    // The others are for fleets that migrate from another balancer: with the same ring, no user moves.
    public string Algorithm { get; init; } = RingAlgorithm.Default.Name;

    /// <summary>The hash function, for an algorithm that leaves a choice. Default: its first.</summary>
    public string? Hash { get; init; }

    /// <summary>The size of the table, for an algorithm that leaves a choice. Default: its own.</summary>
    public int? TableSize { get; init; }

    /// <summary>A secret text that makes owners unpredictable to outsiders. Default: none. Never printed.</summary>
    // All balancers of a fleet need the same seed. A change of the seed moves every user.
    [Secret]
    [MinLength(1, ErrorMessage = "a text that is not empty, or no seed at all")]
    public string? Seed { get; init; }

    /// <summary>The settings as options of the ring.</summary>
    public RingOptions Options => new() { Algorithm = Algorithm, Hash = Hash, TableSize = TableSize, Seed = Seed };

    /// <summary>The algorithm; null if there is none of that name.</summary>
    public RingAlgorithm? Kind => RingAlgorithm.Find(Algorithm);

    // Every rule depends on the algorithm: while the algorithm is invalid, the other settings cannot be checked.
    IEnumerable<ValidationResult> IValidatableObject.Validate(ValidationContext validationContext) =>
        from mistake in Options.Mistakes()
        select new ValidationResult($"expected {mistake.Expected}", [mistake.Part, nameof(Algorithm)]);
}
