using WsBalancer.Proxy.Rebalancing;
using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Admin.Moves;

/// <summary>The progress of the rebalance of a cluster, as the API shows it.</summary>
internal sealed record RebalanceStatusView
{
    public RebalanceStatusView(string cluster, RebalanceStatus status, long epoch, bool? shared)
    {
        (Cluster, Shared) = (cluster, shared);
        State = LabelOf(status.State);
        (Misplaced, Blocked, Closed) = (status.Misplaced, status.Blocked, status.Closed);
        (EtaSeconds, Reason) = (status.EtaSeconds, status.Reason);
        (RatePerSecond, Epoch) = (status.RatePerSecond, epoch);
    }

    public string Cluster { get; }

    public string State { get; }

    public long Misplaced { get; }

    /// <summary>Misplaced tunnels that neither the rebalance nor a drain closes.</summary>
    public long Blocked { get; }

    public long Closed { get; }

    /// <summary>The seconds until the last tunnel is closed; null if unknown.</summary>
    public double? EtaSeconds { get; }

    /// <summary>
    /// Why the rebalance has ended or waits, or why tunnels stay misplaced; null if there is no reason.
    /// </summary>
    public string? Reason { get; }

    public double RatePerSecond { get; }

    public long Epoch { get; }

    /// <summary>
    /// False if Redis cannot be used: the other balancers have not received the change, and their tunnels are not in
    /// the counts. Null without Redis.
    /// </summary>
    public bool? Shared { get; }

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
