using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using WsBalancer.Proxy.Rebalancing;
using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Admin.Moves;

/// <summary>The progress of the rebalance of a cluster, as the API shows it.</summary>
internal sealed record RebalanceStatusView
{
    [Required]
    public string Cluster { get; init; } = "";

    [AllowNull]
    public string State { get; init; } = "";

    public long Misplaced { get; init; }

    /// <summary>Misplaced tunnels that neither the rebalance nor a drain closes.</summary>
    public long Blocked { get; init; }

    public long Closed { get; init; }

    /// <summary>The seconds until the last tunnel is closed; null if unknown.</summary>
    public double? EtaSeconds { get; init; }

    /// <summary>
    /// Why the rebalance has ended or waits, or why tunnels stay misplaced; null if there is no reason.
    /// </summary>
    public string? Reason { get; init; }

    public double RatePerSecond { get; init; }

    [Required]
    public long Epoch { get; init; }

    /// <summary>
    /// False if Redis cannot be used: the other balancers have not received the change, and their tunnels are not in
    /// the counts. Null without Redis.
    /// </summary>
    [Required]
    public bool? Shared { get; init; }

    public static RebalanceStatusView From(string cluster, RebalanceResult result) => new()
    {
        Cluster = cluster,
        State = LabelOf(result.Status.State),
        Misplaced = result.Status.Misplaced,
        Blocked = result.Status.Blocked,
        Closed = result.Status.Closed,
        EtaSeconds = result.Status.EtaSeconds,
        Reason = result.Status.Reason,
        RatePerSecond = result.Status.RatePerSecond,
        Epoch = result.Epoch,
        Shared = result.Shared,
    };

    private static string LabelOf(RebalanceState state) => state switch
    {
        RebalanceState.Idle => "idle",
        RebalanceState.Running => "running",
        RebalanceState.Paused => "paused",
        RebalanceState.Done => "done",
        RebalanceState.Stopped => "stopped",
        RebalanceState.Cancelled => "cancelled",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "No label is published for this state."),
    };
}
