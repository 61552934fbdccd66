using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using WsBalancer.Proxy.Fleet;

namespace WsBalancer.Proxy.Admin.Changes;

/// <summary>
/// A blend of two rings, in force or planned, and the users and tunnels that it moves: none if it is in force already.
/// </summary>
internal record BlendView : PlanView
{
    /// <summary>The algorithm of the configured ring.</summary>
    [AllowNull]
    public string From { get; init; } = "";

    /// <summary>The algorithm of the other ring; null if there is none.</summary>
    [Required]
    public string? To { get; init; }

    /// <summary>The part of the users on the other ring, 0…1.</summary>
    [Required]
    public double Share { get; init; }

    public static BlendView FromPlan(FleetCluster cluster, string? to, double share, FleetPlan plan) => With(
        new BlendView { From = AlgorithmOf(cluster), To = to, Share = share }, plan, plan.Epoch);

    /// <summary>The algorithm of the configured ring of a cluster.</summary>
    protected static string AlgorithmOf(FleetCluster cluster) =>
        cluster.Current.Settings.Get<RingSettings>().Algorithm;
}

/// <summary>A step of a blend that was made.</summary>
internal sealed record BlendChangeView : BlendView, IChangeView
{
    /// <inheritdoc/>
    public bool? Shared { get; init; }

    public static BlendChangeView FromResult(FleetCluster cluster, string to, double share, ChangeResult result)
    {
        var view = new BlendChangeView
        {
            From = AlgorithmOf(cluster),
            To = to,
            Share = share,
            Shared = result.Shared,
        };
        return With(view, result.Plan, result.Epoch);
    }
}
