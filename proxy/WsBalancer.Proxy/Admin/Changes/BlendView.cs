using WsBalancer.Proxy.Fleet;

namespace WsBalancer.Proxy.Admin.Changes;

/// <summary>
/// A blend of two rings, in force or planned, and the users and tunnels that it moves: none if it is in force already.
/// </summary>
internal record BlendView : PlanView
{
    public BlendView(FleetCluster cluster, string? to, double share, FleetPlan plan)
        : base(plan) => (From, To, Share) = (cluster.Current.Settings.Get<RingSettings>().Algorithm, to, share);

    /// <summary>The algorithm of the configured ring.</summary>
    public string From { get; }

    /// <summary>The algorithm of the other ring; null if there is none.</summary>
    public string? To { get; }

    /// <summary>The part of the users on the other ring, 0…1.</summary>
    public double Share { get; }
}

/// <summary>A step of a blend that was made.</summary>
internal sealed record BlendChangeView : BlendView
{
    public BlendChangeView(FleetCluster cluster, string to, double share, ChangeResult result)
        : base(cluster, to, share, result.Plan with { Epoch = result.Epoch }) => Shared = result.Shared;

    /// <summary>Whether the change was sent to the other balancers; null if this balancer does not share.</summary>
    public bool? Shared { get; }
}
