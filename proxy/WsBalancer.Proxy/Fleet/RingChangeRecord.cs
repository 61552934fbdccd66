using WsBalancer.HashRing;

namespace WsBalancer.Proxy.Fleet;

/// <summary>What a change of a ring moved: the proof that it was no more than it had to be.</summary>
/// <param name="Epoch">The epoch that the change began.</param>
/// <param name="Moved">The part of the key space that has another owner now, 0…1.</param>
/// <param name="Excess">The part of it that went between two nodes that the change did not touch, 0…1.</param>
/// <param name="IsKnown">False if the two rings share no key space: as many as all may have moved, and nobody can count
/// them. A step of a blend is expected to move what is given, within the chance of who is connected.</param>
internal sealed record RingChangeRecord(long Epoch, double Moved, double Excess, bool IsKnown = true)
{
    /// <summary>The part of <see cref="Moved"/> that the change could not do without.</summary>
    public double Minimum => Moved - Excess;

    /// <returns>Null if there was no ring before: nobody was anywhere to move from.</returns>
    public static RingChangeRecord? Of(FleetSnapshot before, FleetSnapshot after) =>
        before.Ring is null ? null : Of(before.Ring, after.Ring, after.Epoch);

    /// <summary>What the change from one ring to another, or to none, moves.</summary>
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

    // Of a blend, the last one among them. Beyond that the hashes of two rings need not be independent: those of one
    // algorithm with another size of its table are not.
    private static bool IsStep(RingBlend before, RingBlend after) =>
        before.From.IsComparableTo(after.From) || before.To?.IsComparableTo(after.From) is true;
}
