using WsBalancer.Proxy.Fleet;

namespace WsBalancer.Proxy.Admin.Changes;

/// <summary>
/// How many users are on another ring, or would be, and what it moves to bring that about: nothing, if it is so.
/// </summary>
internal record BlendView : PlanView
{
    public BlendView(FleetCluster cluster, string? to, double share, FleetPlan plan)
        : base(plan) => (From, To, Share) = (cluster.Current.Settings.Get<RingSettings>().Algorithm, to, share);

    /// <summary>The ring that is configured.</summary>
    public string From { get; }

    /// <summary>The other; null if there is none.</summary>
    public string? To { get; }

    /// <summary>The part of the users on it, 0…1.</summary>
    public double Share { get; }
}

/// <summary>A step of a blend that was made.</summary>
internal sealed record BlendChangeView : BlendView
{
    public BlendChangeView(FleetCluster cluster, string to, double share, ChangeResult result)
        : base(cluster, to, share, result.Plan with { Epoch = result.Epoch }) => Shared = result.Shared;

    /// <summary>Whether the other balancers were told; null if there is nobody to tell.</summary>
    public bool? Shared { get; }
}
