using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Placement;

/// <summary>Where a user belongs and why.</summary>
/// <param name="Owner">The first of the order, whatever its state.</param>
/// <param name="Home">The first that is not draining.</param>
/// <param name="Next">Where a new tunnel would go now.</param>
/// <param name="Order">Every node of weight, best first.</param>
/// <param name="Reason">Why <paramref name="Next"/> is what it is, in words.</param>
internal sealed record UserPlacement(Node? Owner, Node? Home, Node? Next, IReadOnlyList<Node> Order, string Reason)
{
    public static UserPlacement Of(FleetCluster cluster, TunnelRegistry tunnels, string user)
    {
        var snapshot = cluster.Current;
        if (snapshot.Ring is not { } ring)
        {
            return new UserPlacement(null, null, null, [], "the cluster has no nodes");
        }

        var indexes = new int[snapshot.Nodes.Length];
        var count = ring.OrderOf(user, indexes);
        var order = indexes.Take(count).Select(index => snapshot.Nodes[index]).ToArray();
        var nodes = NodeOrder.For(cluster, user, tunnels);
        var next = nodes.Next();
        return new UserPlacement(
            snapshot.OwnerOf(user), snapshot.HomeOf(user), next, order, Explain(order, next, nodes.Followed));
    }

    private static string Explain(Node[] order, Node? next, bool follows)
    {
        if (order.Length == 0)
        {
            return "no node has weight";
        }

        if (next is null)
        {
            return "every node is draining";
        }

        if (follows)
        {
            return $"{next.Id} has the user's newest live tunnel, which is followed unless it is draining";
        }

        if (!next.IsAvailable)
        {
            return $"no node is available for lack of health; {next.Id} is the first of the order that is not draining";
        }

        var passed = order.TakeWhile(node => node != next).Select(node => $"{node.Id} is {WhyNot(node)}").ToArray();
        return passed.Length == 0
            ? $"{next.Id} is the owner and available"
            : $"{string.Join(", ", passed)}; {next.Id} is the first of the order that is available";
    }

    private static string WhyNot(Node node) => node switch
    {
        { IsDraining: true } => "draining",
        { IsFull: true } => "full",
        _ => "unhealthy",
    };
}
