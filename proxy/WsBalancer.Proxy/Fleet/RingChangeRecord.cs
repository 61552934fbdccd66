namespace WsBalancer.Proxy.Fleet;

/// <summary>What a change of a ring moved: the proof that it was no more than it had to be.</summary>
/// <param name="Epoch">The epoch that the change began.</param>
/// <param name="Moved">The part of the key space that has another owner now, 0…1.</param>
/// <param name="Excess">The part of it that went between two nodes that the change did not touch, 0…1.</param>
internal sealed record RingChangeRecord(long Epoch, double Moved, double Excess)
{
    /// <returns>Null if there was no ring before: nobody was anywhere to move from.</returns>
    public static RingChangeRecord? Of(FleetSnapshot before, FleetSnapshot after)
    {
        if (before.Ring is null)
        {
            return null;
        }

        // To nothing, or between algorithms or seeds, everything moves and nothing is in excess.
        if (after.Ring is null
            || before.Settings.Get<RingSettings>() != after.Settings.Get<RingSettings>())
        {
            return new RingChangeRecord(after.Epoch, 1, 0);
        }

        var plan = before.Ring.PlanTo(after.Ring);
        return new RingChangeRecord(after.Epoch, plan.Moved, plan.Excess);
    }
}
