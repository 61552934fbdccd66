using WsBalancer.HashRing;

namespace WsBalancer.Cli.RingCompare;

/// <summary>The effect of a weight in a ring, in a word or two, which no measurement shows.</summary>
internal static class WeightWords
{
    // In proportion, rounded to a whole number of points that depends on the weights of all nodes.
    private const string Rounded = "rounded";

    // A node with a higher weight has more turns to take a slot of the table.
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
