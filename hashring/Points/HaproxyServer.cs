using System.Globalization;

namespace WsBalancer.HashRing.Points;

/// <summary>A server as HAProxy's ring identifies it: by its number, <c>id N</c> in its configuration.</summary>
internal static class HaproxyServer
{
    /// <summary>
    /// The distance from a server's first point to that of the next number. Limits a server to 4,096 points, weight
    /// 256.
    /// </summary>
    public const uint PointsPerServer = 4096;

    // The product wraps at 2^32, so two numbers that differ by this much have the same points.
    private const int Period = (int)((1UL << 32) / PointsPerServer);

    private const string Expected = "the server's id in HAProxy, a whole number from 1 to 2147483647";

    /// <summary>The number of a member whose key <see cref="MistakesIn"/> accepted.</summary>
    public static uint NumberOf(Member member) => uint.Parse(member.Key, CultureInfo.InvariantCulture);

    public static IEnumerable<RingMistake> MistakesIn(IEnumerable<RingNode> nodes)
    {
        var known = new Dictionary<int, RingNode>();
        foreach (var node in nodes)
        {
            if (TryParse(node.Key ?? node.Id) is not { } number)
            {
                yield return new RingMistake(nameof(RingNode.Key), node.Key, Expected, node.Id);
            }
            else if (!known.TryAdd(number % Period, node))
            {
                var other = known[number % Period];
                var reason = $"a number that is not that of node '{other.Id}', or {Period} or a multiple away from it: "
                    + "HAProxy gives both the same points";
                yield return new RingMistake(nameof(RingNode.Key), node.Key, reason, node.Id);
            }
        }
    }

    private static int? TryParse(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : null;
}
