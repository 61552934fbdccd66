using WsBalancer.HashRing;

namespace WsBalancer.Cli.RingCompare;

/// <summary>How a weight counts in a ring, in a word or two: what no measurement shows.</summary>
internal static class WeightWords
{
    // In proportion, but as a whole number of points, in which the weights of all nodes have a say.
    private const string Rounded = "rounded";

    // The heavier a node, the more often it is its turn to take a slot of the table.
    private const string Turns = "turns";

    private static readonly Dictionary<string, string> ByAlgorithm = new(StringComparer.Ordinal)
    {
        ["rendezvous"] = "exact",
        ["nginx"] = "160 points",
        ["haproxy"] = "16 points",
        ["envoy-ring"] = Rounded,
        ["envoy-maglev"] = Turns,
        ["ketama"] = Rounded,
        ["maglev"] = Turns,
    };

    public static string Of(RingAlgorithm algorithm) => ByAlgorithm[algorithm.Name];
}
