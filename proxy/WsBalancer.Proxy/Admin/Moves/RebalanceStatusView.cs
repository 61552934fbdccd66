using WsBalancer.Proxy.Moving;
using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Admin.Moves;

/// <summary>How far the rebalance of a cluster is, as the API shows it.</summary>
internal record RebalanceStatusView
{
    public RebalanceStatusView(RebalanceStatus status, long epoch)
    {
        State = LabelOf(status.State);
        (Misplaced, Blocked, Closed) = (status.Misplaced, status.Blocked, status.Closed);
        (EtaSeconds, Reason) = (status.EtaSeconds, status.Reason);
        (RatePerSecond, Epoch) = (status.RatePerSecond, epoch);
    }

    public string State { get; }

    public long Misplaced { get; }

    /// <summary>Those of the misplaced that it leaves alone.</summary>
    public long Blocked { get; }

    public long Closed { get; }

    /// <summary>Null if nobody can tell.</summary>
    public double? EtaSeconds { get; }

    /// <summary>Why it is where it is, or why tunnels stay; null if there is nothing to say.</summary>
    public string? Reason { get; }

    public double RatePerSecond { get; }

    public long Epoch { get; }

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

/// <summary>A rebalance that was begun, paused, continued or ended.</summary>
internal sealed record RebalanceChangeView : RebalanceStatusView
{
    public RebalanceChangeView(RebalanceResult result)
        : base(result.Status, result.Epoch) => Shared = result.Shared;

    /// <summary>Whether the other balancers were told; null if there is nobody to tell.</summary>
    public bool? Shared { get; }
}
