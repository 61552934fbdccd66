namespace WsBalancer.Proxy.Fleet;

/// <summary>What a change of a ring moved: the proof that it was no more than it had to be.</summary>
/// <param name="Epoch">The epoch that the change began.</param>
/// <param name="Moved">The part of the key space that has another owner now, 0…1.</param>
/// <param name="Excess">The part of it that went between two nodes that the change did not touch, 0…1.</param>
/// <param name="IsKnown">False if the two rings share no key space: as many as all may have moved, and nobody can count
/// them.</param>
internal sealed record RingChangeRecord(long Epoch, double Moved, double Excess, bool IsKnown = true)
{
    /// <returns>Null if there was no ring before: nobody was anywhere to move from.</returns>
    public static RingChangeRecord? Of(FleetSnapshot before, FleetSnapshot after)
    {
        if (before.Ring is null)
        {
            return null;
        }

        if (after.Ring is null)
        {
            return new RingChangeRecord(after.Epoch, 1, 0);
        }

        if (!CanBeCompared(before, after))
        {
            return new RingChangeRecord(after.Epoch, 1, 0, IsKnown: false);
        }

        var plan = before.Ring.PlanTo(after.Ring);
        return new RingChangeRecord(after.Epoch, plan.Moved, plan.Excess);
    }

    // A spec says that there is a seed, not which.
    private static bool CanBeCompared(FleetSnapshot before, FleetSnapshot after) =>
        before.Ring!.Spec == after.Ring!.Spec
        && before.Settings.Get<RingSettings>().Seed == after.Settings.Get<RingSettings>().Seed;
}
