using WsBalancer.HashRing;

namespace WsBalancer.Cli.RingCompare;

/// <summary>What an algorithm does that no measurement shows.</summary>
/// <param name="Weights">How a weight counts, in a word or two.</param>
/// <param name="MaskIsRemoval">
/// Whether users of a node that is not available go where a ring without it would have them.
/// </param>
/// <param name="KeysAreNumbers">Whether it knows a node by a number, and not by any text.</param>
internal sealed record RingNature(string Weights, bool MaskIsRemoval = false, bool KeysAreNumbers = false)
{
    // In proportion, but as a whole number of points, in which the weights of all nodes have a say.
    private static readonly RingNature Rounded = new("rounded");

    // The heavier a node, the more often it is its turn to take a slot of the table.
    private static readonly RingNature Turns = new("turns");

    private static readonly Dictionary<string, RingNature> ByAlgorithm = new(StringComparer.Ordinal)
    {
        ["rendezvous"] = new("exact", MaskIsRemoval: true),
        ["nginx"] = new("160 points", MaskIsRemoval: true),
        ["haproxy"] = new("16 points", MaskIsRemoval: true, KeysAreNumbers: true),
        ["envoy-ring"] = Rounded,
        ["envoy-maglev"] = Turns,
        ["ketama"] = Rounded,
        ["maglev"] = Turns,
    };

    public static RingNature Of(RingAlgorithm algorithm) => ByAlgorithm[algorithm.Name];
}
