using WsBalancer.Proxy.Admission;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Placement;

/// <summary>The nodes of a user, and the reason for the next one.</summary>
/// <param name="Owner">The first node of the order, whatever its state.</param>
/// <param name="Home">The first node of the order that is not draining.</param>
/// <param name="Next">The node that a new tunnel would get now; null if the tunnel would be refused.</param>
/// <param name="Order">Every node of weight, the most preferred first.</param>
/// <param name="Reason">The reason for <paramref name="Next"/>, in words.</param>
internal sealed record UserNodes(
    NodeStatus? Owner, NodeStatus? Home, Node? Next, IReadOnlyList<NodeStatus> Order, string Reason)
{
    public static UserNodes Of(FleetCluster cluster, TunnelRegistry tunnels, AdmissionControl admission, string user)
    {
        var snapshot = cluster.Current;
        if (snapshot.Ring is not { } ring)
        {
            return new UserNodes(null, null, null, [], "the cluster has no nodes");
        }

        var indexes = new int[snapshot.Nodes.Length];
        var count = ring.OrderOf(user, indexes);
        var order = indexes.Take(count).Select(index => snapshot.Nodes[index]).ToArray();
        var preference = NodePreference.ForPreview(cluster, user, tunnels, admission);
        var nodes = new NodeOrder(cluster, user, preference);
        var next = nodes.Next();
        var reason = Explain(order, next, nodes, preference.Bound);
        if (next is not null && admission.Preview(cluster, user) is { } refused)
        {
            var answer = $"{refused.Status} ({refused.Label})";
            reason = $"a new tunnel would be refused with {answer}; without that limit: {reason}";
            next = null;
        }

        return new UserNodes(snapshot.OwnerOf(user), snapshot.HomeOf(user), next, order, reason);
    }

    private static string Explain(NodeStatus[] order, Node? next, NodeOrder nodes, ClusterAdmission? bound)
    {
        if (order.Length == 0)
        {
            return "no node has weight";
        }

        if (next is null)
        {
            return nodes.HasSkippedFull ? "every node that is not draining is full" : "every node is draining";
        }

        if (nodes.Followed)
        {
            return $"{next.Id} has the user's newest live tunnel, which is followed unless it is draining or silent";
        }

        if (!next.Status.IsAvailable)
        {
            return Array.Exists(order, node => node is { IsFull: true, IsDraining: false })
                ? $"no node is available for lack of room or health; {next.Id} is the first not draining or full"
                : $"no node is available for lack of health; {next.Id} is the first of the order that is not draining";
        }

        var passed = order.TakeWhile(node => node.Node != next).ToArray();
        var whyNot = string.Join(", ", passed.Select(node => $"{node.Id} {ReasonOf(node, bound)}"));
        return (passed.Length, nodes.Spilled) switch
        {
            (0, _) when bound?.LoadOf(next) is { IsReached: true } => $"{next.Id} is the owner and available; it "
                + $"{AtBound(next, bound)}, but so has the next of the order, or there is none",
            (0, _) => $"{next.Id} is the owner and available",
            (_, true) => $"{whyNot}; {next.Id} is the next of the order that is available, and within its bound",
            _ => $"{whyNot}; {next.Id} is the first of the order that is available",
        };
    }

    private static string ReasonOf(NodeStatus node, ClusterAdmission? bound) => node switch
    {
        { IsDraining: true } => "is draining",
        { IsSilent: true } => "is unhealthy, as it does not answer handshakes",
        { Health: NodeHealth.Unhealthy } => "is unhealthy",
        { IsFull: true } => "is full",
        _ => AtBound(node.Node, bound),
    };

    // Without a bound the node has become available, or its bound was removed, since it was skipped.
    private static string AtBound(Node node, ClusterAdmission? bound) => bound?.LoadOf(node) is { } load
        ? $"has reached its bound ({load.Tunnels} tunnels, at most {load.Cap})"
        : "was not available";
}
