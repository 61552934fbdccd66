using System.Globalization;
using WsBalancer.HashRing;

namespace WsBalancer.Cli.RingCompare;

/// <summary>The change by which rings are compared: a fleet of equal nodes gets more equal nodes.</summary>
/// <param name="Nodes">The number of nodes before the change.</param>
/// <param name="Added">The number of added nodes.</param>
internal sealed record Growth(int Nodes, int Added)
{
    // A round number of hosts within the range of the last octet.
    private const int HostsOfANet = 250;

    public double EvenShareOfAdded => (double)Added / (Nodes + Added);

    public RingNode[] Before(RingAlgorithm algorithm) => Between(1, Nodes, algorithm);

    public RingChange[] Change(RingAlgorithm algorithm) =>
        Array.ConvertAll(Between(Nodes + 1, Nodes + Added, algorithm), RingChange.Add);

    private static RingNode[] Between(int first, int last, RingAlgorithm algorithm) =>
        [.. Enumerable.Range(first, last - first + 1).Select(number => Node(number, algorithm))];

    /// <summary>A node whose id is an address, <c>10.0.0.1:8080</c> and so on, which most rings hash.</summary>
    private static RingNode Node(int number, RingAlgorithm algorithm)
    {
        var (net, host) = Math.DivRem(number - 1, HostsOfANet);
        var id = string.Create(CultureInfo.InvariantCulture, $"10.0.{net}.{host + 1}:8080");
        var key = algorithm.HasNumbersForKeys ? number.ToString(CultureInfo.InvariantCulture) : null;
        return new RingNode(id, Key: key);
    }
}
