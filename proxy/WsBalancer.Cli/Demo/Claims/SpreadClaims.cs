using WsBalancer.Proxy.Admin.Clusters;

namespace WsBalancer.Cli.Demo.Claims;

/// <summary>
/// The ring spreads the users over the nodes, and each user is on the owner that the balancer reports.
/// </summary>
internal static class SpreadClaims
{
    public static IReadOnlyList<Claim> Judge(
        int users,
        IReadOnlyDictionary<string, string> placement,
        IReadOnlyDictionary<string, string?> owners,
        IReadOnlyList<NodeView> nodes) =>
    [
        Claim.ForAll("every user is connected to a node", placement.Count, users, "users"),
        ByShare(placement, nodes),
        AtOwner(users, placement, owners),
    ];

    public static Claim AtOwner(
        int users, IReadOnlyDictionary<string, string> placement, IReadOnlyDictionary<string, string?> owners) =>
        Claim.ForAll(
            "every user is on the node that the balancer names as its owner",
            placement.Count(entry => owners.GetValueOrDefault(entry.Key) == entry.Value),
            users,
            "users");

    private static Claim ByShare(IReadOnlyDictionary<string, string> placement, IReadOnlyList<NodeView> nodes)
    {
        var counts = nodes.Select(node => placement.Count(entry => entry.Value == node.Id)).ToList();
        var strangers = placement.Count - counts.Sum();
        var fits = nodes.Zip(counts).All(pair => Share.Explains(pair.First.Share, pair.Second, placement.Count));
        var evidence = nodes.Zip(counts).Select(pair =>
            $"{pair.First.Id} {Share.Describe(pair.First.Share, pair.Second, placement.Count)}");

        return new Claim(
            "each node has as many users as chance allows for its share (6 σ)",
            fits && strangers is 0 && placement.Count > 0,
            string.Join(", ", evidence));
    }
}
