using WsBalancer.HashRing;

namespace WsBalancer.Proxy.Fleet;

/// <summary>
/// The effect of a change of a ring: the part of the users that moved, and how much of it was necessary.
/// </summary>
/// <param name="Epoch">The epoch that the change began.</param>
/// <param name="Moved">The part of the key space that has another owner now, 0…1.</param>
/// <param name="Excess">
/// The part of the key space that moved between two nodes that the change did not concern, 0…1.
/// </param>
/// <param name="IsKnown">
/// False if the two rings have different key spaces: up to all users may have moved, and the number cannot be counted.
/// For a step of a blend, the values are expected values, from which the connected users may deviate by chance.
/// </param>
internal sealed record RingChangeRecord(long Epoch, double Moved, double Excess, bool IsKnown = true)
{
    /// <summary>The part of <see cref="Moved"/> that any algorithm must move for this change.</summary>
    public double Minimum => Moved - Excess;

    /// <returns>Null if there was no ring before, so that no user had an owner.</returns>
    public static RingChangeRecord? Of(FleetSnapshot before, FleetSnapshot after) =>
        before.Ring is null ? null : Of(before.Ring, after.Ring, after.Epoch);

    /// <summary>The effect of a change from one ring to another, or to none.</summary>
    public static RingChangeRecord Of(RingBlend before, RingBlend? after, long epoch)
    {
        if (after is null)
        {
            return new RingChangeRecord(epoch, 1, 0);
        }

        var plan = before.PlanTo(after);
        return plan.IsExact || IsStep(before, after)
            ? new RingChangeRecord(epoch, plan.Moved, plan.Excess)
            : new RingChangeRecord(epoch, 1, 0, IsKnown: false);
    }

    // A step of a blend, including the last one. For other changes there is no expected value, since the hashes of two
    // rings may be dependent: those of one algorithm with different table sizes are.
    private static bool IsStep(RingBlend before, RingBlend after) =>
        before.From.IsComparableTo(after.From) || before.To?.IsComparableTo(after.From) is true;
}
