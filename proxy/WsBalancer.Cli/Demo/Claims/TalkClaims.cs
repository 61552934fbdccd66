namespace WsBalancer.Cli.Demo.Claims;

/// <summary>Users on different nodes reach each other through Redis.</summary>
internal static class TalkClaims
{
    public static IReadOnlyList<Claim> Judge(
        IReadOnlyCollection<string> nodes, IReadOnlyCollection<Delivery> deliveries)
    {
        var pairs = deliveries.Where(delivery => delivery.Arrived && delivery.FromNode != delivery.ToNode)
            .Select(delivery => (delivery.FromNode, delivery.ToNode))
            .Distinct()
            .Count();

        return
        [
            Claim.ForAll(
                "messages between users on different nodes arrive",
                deliveries.Count(delivery => delivery.Arrived),
                deliveries.Count,
                "messages"),
            Claim.ForAll(
                "every node reaches every other node",
                pairs,
                nodes.Count * (nodes.Count - 1),
                "pairs of nodes"),
        ];
    }
}

/// <summary>A message that a user on one node sent to a user on another, and whether it arrived.</summary>
internal sealed record Delivery(string FromNode, string ToNode, bool Arrived);
