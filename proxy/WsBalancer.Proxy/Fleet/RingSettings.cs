using System.ComponentModel.DataAnnotations;

namespace WsBalancer.Proxy.Fleet;

/// <summary>Which ring orders the nodes of a cluster. Bound from <c>WsBalancer:Clusters:C:Ring</c>.</summary>
internal sealed record RingSettings
{
    /// <summary>The algorithm. Default, and the only one so far: <c>rendezvous</c>.</summary>
    [RegularExpression("rendezvous", ErrorMessage = "the algorithm 'rendezvous', the only one that there is so far")]
    public string Algorithm { get; init; } = "rendezvous";

    /// <summary>A secret text that makes owners unpredictable to outsiders. Default: none. Never printed.</summary>
    // All balancers of a fleet need the same one; it moves every user when it changes.
    [Secret]
    public string? Seed { get; init; }
}
