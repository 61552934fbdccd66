using WsBalancer.HashRing;
using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Fleet;

/// <summary>
/// The status of an override against its base: the configuration, or a node's own registration. A pure function.
/// </summary>
/// <remarks>
/// An override lapses for good when its base changes. The balancer that first sees the change does not take the
/// override back at once, because other balancers may still have the old file. The override is taken back at every
/// balancer only if it would take effect again by accident, because the file is as it was before.
/// </remarks>
internal static class OverrideStatus
{
    /// <param name="value">The decision about the node, or about the cluster.</param>
    /// <param name="status">The status before.</param>
    /// <param name="overridden">The base now.</param>
    /// <returns>The status now; null if the override must be taken back.</returns>
    public static StateStatus? Next(StateValue value, StateStatus status, OverriddenValues overridden) => value switch
    {
        // An added node that the configuration names becomes a configured node, and leaves when the configuration drops
        // it.
        MemberValue { Origin: MemberOrigin.Added } => overridden.IsConfigured
            ? StateStatus.Lapsed
            : Holds(status, fits: true),

        // The configuration takes precedence; otherwise the node exists while its registration is renewed.
        MemberValue => overridden.IsConfigured ? StateStatus.Waiting : StateStatus.InEffect,
        RemovalValue { WasConfigured: true } => Holds(status, overridden.IsConfigured || overridden.IsRegistered),

        // The removal hides no node: it only specifies how the remaining tunnels are closed.
        RemovalValue => overridden.IsConfigured || overridden.IsRegistered ? null : StateStatus.InEffect,
        WeightValue weight => Holds(status, overridden.Weight == weight.FileWeight),

        // A balancer of a later release may have algorithms that this one does not have.
        BlendValue blend => Holds(
            status, overridden.Algorithm == blend.From && RingAlgorithm.Find(blend.To) is not null),
        _ => StateStatus.InEffect,
    };

    private static StateStatus? Holds(StateStatus status, bool fits) => (status, fits) switch
    {
        (StateStatus.Lapsed, true) => null,
        (StateStatus.Lapsed, false) => StateStatus.Lapsed,
        (_, true) => StateStatus.InEffect,
        (StateStatus.InEffect, false) => StateStatus.Lapsed,
        _ => StateStatus.Waiting,
    };
}

/// <summary>The base of an override.</summary>
/// <param name="IsConfigured">Whether the configuration names the node.</param>
/// <param name="IsRegistered">Whether the node registered itself.</param>
/// <param name="Weight">The weight in the configuration or the registration; null without both.</param>
/// <param name="Algorithm">The algorithm of the configured ring.</param>
internal readonly record struct OverriddenValues(bool IsConfigured, bool IsRegistered, int? Weight, string Algorithm);
