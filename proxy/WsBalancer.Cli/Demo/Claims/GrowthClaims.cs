using WsBalancer.Cli.Output;
using WsBalancer.Proxy.Admin.Changes;
using WsBalancer.Proxy.Admin.Clusters;

namespace WsBalancer.Cli.Demo.Claims;

/// <summary>
/// A new node gets its share of the users and no more, and the users move only when a rebalance is requested.
/// </summary>
internal static class GrowthClaims
{
    // The two compared shares are sums of fractions, which differ in the last digits at most.
    private const double Rounding = 1e-9;

    /// <remarks>
    /// <paramref name="movers"/> is how many users have the new node as their home, <paramref name="misplaced"/> how
    /// many tunnels the balancer counts as not at home, <paramref name="stillOpen"/> how many sockets stayed open.
    /// </remarks>
    public static IReadOnlyList<Claim> JudgeGrowth(
        NodeView added, PlanView plan, int movers, long misplaced, int stillOpen, int users) =>
    [
        new Claim(
            $"the plan moves exactly the share of {added.Id}, and nothing in excess",
            Math.Abs(plan.Moved - added.Share) < Rounding && plan.Excess is 0 && plan.Moved > 0,
            $"{Amounts.Percent(plan.Moved)} moved, {Amounts.Percent(added.Share)} is its share, "
                + $"{Amounts.Percent(plan.Excess)} excess"),
        Claim.ForAll($"adding {added.Id} closes nobody's socket", stillOpen, users, "sockets stayed open"),
        new Claim(
            "the users that are misplaced now are counted, and the plan had their number",
            misplaced == movers && plan.TunnelsMoved == movers && movers > 0,
            $"{movers} users of {added.Id}, {misplaced} misplaced, {plan.TunnelsMoved} in the plan"),
    ];

    /// <remarks>
    /// <paramref name="left"/> is how many tunnels the balancer counts as misplaced at the end.
    /// </remarks>
    public static IReadOnlyList<Claim> JudgeRebalance(
        string added,
        long left,
        IReadOnlyCollection<string> movers,
        IReadOnlyDictionary<string, string> before,
        IReadOnlyDictionary<string, string> after,
        int answered,
        int recalled)
    {
        var others = before.Where(entry => !movers.Contains(entry.Key)).ToList();
        return
        [
            new Claim("after the rebalance no tunnel is misplaced", left is 0, $"{left} misplaced"),
            Claim.ForAll(
                $"every user of {added} has moved to their home",
                movers.Count(user => after.GetValueOrDefault(user) == added),
                movers.Count,
                "users"),
            DrainClaims.OthersUnaffected(others, answered, recalled, after),
        ];
    }
}
