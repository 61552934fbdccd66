using WsBalancer.HashRing;
using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Fleet;

/// <summary>
/// How runtime changes stand to what they are laid over: the configuration, or a node's own registration. Pure.
/// </summary>
/// <remarks>
/// A change lapses, for good, when what it is laid over is changed. At the balancer that sees it first it is not taken
/// back at once, because the others may still have the old file; only when it would hold again by accident, the file
/// being as it once was, is it taken back everywhere.
/// </remarks>
internal static class Standing
{
    /// <param name="value">What was decided of a node, or of the cluster.</param>
    /// <param name="standing">How it stood before.</param>
    /// <param name="underlying">What the source says now.</param>
    /// <returns>How it stands now; null if it is to be taken back.</returns>
    public static StateStanding? Next(StateValue value, StateStanding standing, Underlying underlying) => value switch
    {
        // Named by the configuration it has become configuration, and goes when that drops it.
        MemberValue { Origin: MemberOrigin.Added } => underlying.IsConfigured
            ? StateStanding.Lapsed
            : Holds(standing, fits: true),

        // The configuration goes before it; without that it is there for as long as it registers itself.
        MemberValue => underlying.IsConfigured ? StateStanding.Waiting : StateStanding.InEffect,
        RemovalValue { WasConfigured: true } => Holds(standing, underlying.IsConfigured || underlying.IsRegistered),

        // Nothing is hidden: it only says how the tunnels that are left are closed.
        RemovalValue => underlying.IsConfigured || underlying.IsRegistered ? null : StateStanding.InEffect,
        WeightValue weight => Holds(standing, underlying.Weight == weight.FileWeight),

        // A balancer of a later release may know rings that this one does not.
        BlendValue blend => Holds(
            standing, underlying.Algorithm == blend.From && RingAlgorithm.Find(blend.To) is not null),
        _ => StateStanding.InEffect,
    };

    private static StateStanding? Holds(StateStanding standing, bool fits) => (standing, fits) switch
    {
        (StateStanding.Lapsed, true) => null,
        (StateStanding.Lapsed, false) => StateStanding.Lapsed,
        (_, true) => StateStanding.InEffect,
        (StateStanding.InEffect, false) => StateStanding.Lapsed,
        _ => StateStanding.Waiting,
    };
}

/// <summary>What a runtime change is laid over.</summary>
/// <param name="IsConfigured">Whether the configuration names the node.</param>
/// <param name="IsRegistered">Whether the node registered itself.</param>
/// <param name="Weight">The weight that the one or the other gives it; null if neither does.</param>
/// <param name="Algorithm">The ring that is configured.</param>
internal readonly record struct Underlying(bool IsConfigured, bool IsRegistered, int? Weight, string Algorithm);
