using System.Globalization;

namespace WsBalancer.Proxy.Fleet;

/// <summary>The effect of a changed configuration on one cluster.</summary>
/// <param name="Cluster">The id of the cluster.</param>
/// <param name="Moved">The part of the users that get another home, 0…1; 1 also if the part cannot be counted.</param>
/// <param name="TunnelsMoved">The open tunnels of this balancer whose users get another home.</param>
/// <param name="Joined">The nodes that the cluster gets.</param>
/// <param name="Left">The nodes that the cluster loses.</param>
/// <param name="Reweighed">The nodes with another weight.</param>
internal sealed record ClusterMove(
    string Cluster,
    double Moved,
    int TunnelsMoved,
    IReadOnlyList<string> Joined,
    IReadOnlyList<string> Left,
    IReadOnlyList<string> Reweighed)
{
    // The number of ids in the text; a fleet may have thousands.
    private const int Shown = 10;

    // A ring gives each of two equal nodes half of the users, within less than this tolerance: with the default limit
    // of 0.5, a cluster of one node must be able to get a second one.
    private const double Tolerance = 0.01;

    /// <summary>Whether the change moves more than this part of the users.</summary>
    public bool Exceeds(double most) => Moved > most + Tolerance;

    /// <summary>The move as a clause, without a full stop.</summary>
    public override string ToString()
    {
        var tunnels = TunnelsMoved == 1 ? "1 open tunnel" : $"{TunnelsMoved} open tunnels";
        string?[] changes =
        [
            ListOf("without", Left),
            ListOf("with", Joined),
            ListOf("with another weight of", Reweighed),
        ];
        var why = string.Join(", ", changes.OfType<string>());
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Moved * 100:0.##} % of the users of cluster '{Cluster}' ({tunnels} of this balancer)")
            + (why.Length == 0 ? "" : $": {why}");
    }

    private static string? ListOf(string what, IReadOnlyList<string> ids) => ids.Count == 0
        ? null
        : $"{what} {string.Join(" and ", ids.Take(Shown))}"
            + (ids.Count > Shown ? $" and {ids.Count - Shown} more" : "");
}
