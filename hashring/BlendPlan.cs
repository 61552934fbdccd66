namespace WsBalancer.HashRing;

/// <summary>The users that a change from one blend to another moves.</summary>
/// <param name="Moved">The fraction of the users whose owner differs, 0 to 1.</param>
/// <param name="Excess">
/// The part of <paramref name="Moved"/> between two nodes neither of which the change added, removed or reweighted.
/// </param>
/// <param name="IsExact">
/// Whether every position was counted. Between two rings with different key spaces nothing can be counted, because the
/// two hashes are independent: the numbers are then expected values.
/// </param>
public sealed record BlendPlan(double Moved, double Excess, bool IsExact)
{
    /// <summary>
    /// The part of <see cref="Moved"/> from or to a node that the change added, removed or reweighted.
    /// </summary>
    public double Minimum => Moved - Excess;

    internal static BlendPlan Between(RingBlend before, RingBlend after)
    {
        // Between two bounds, all users are placed by the same ring before the change, and by the same ring after it.
        double[] bounds = [0, .. new[] { before.Share, after.Share }.Where(share => share is > 0 and < 1).Order(), 1];
        var whole = new BlendPlan(0, 0, IsExact: true);
        for (var i = 1; i < bounds.Length; i++)
        {
            var width = bounds[i] - bounds[i - 1];
            if (width > 0)
            {
                whole = whole.Plus(Between(before.RingAt(bounds[i - 1]), after.RingAt(bounds[i - 1])), width);
            }
        }

        return whole;
    }

    private static BlendPlan Between(Ring before, Ring after)
    {
        if (before.IsComparableTo(after))
        {
            var plan = before.PlanTo(after);
            return new BlendPlan(plan.Moved, plan.Excess, IsExact: true);
        }

        return Expected(before, after);
    }

    // A user owned by i before is owned by j after with the probability of j's share, whatever i is.
    private static BlendPlan Expected(Ring before, Ring after)
    {
        double same = 0, sameUntouched = 0, untouchedBefore = 0, untouchedAfter = 0;
        for (var i = 0; i < before.Nodes.Count; i++)
        {
            var j = after.IndexOf(before.Nodes[i].Id);
            if (j < 0)
            {
                continue;
            }

            var (shareBefore, shareAfter) = (before.ShareOf(i).Ratio, after.ShareOf(j).Ratio);
            same += shareBefore * shareAfter;
            if (before.Nodes[i].Weight == after.Nodes[j].Weight)
            {
                sameUntouched += shareBefore * shareAfter;
                untouchedBefore += shareBefore;
                untouchedAfter += shareAfter;
            }
        }

        // Shares sum to one, or to zero when no node has weight.
        var isOwned = before.Nodes.Concat(after.Nodes).Any(static node => node.Weight > 0);
        var excess = (untouchedBefore * untouchedAfter) - sameUntouched;
        return new BlendPlan(isOwned ? 1 - same : 0, excess, IsExact: false);
    }

    private BlendPlan Plus(BlendPlan part, double width) =>
        new(Moved + (part.Moved * width), Excess + (part.Excess * width), IsExact && part.IsExact);
}
