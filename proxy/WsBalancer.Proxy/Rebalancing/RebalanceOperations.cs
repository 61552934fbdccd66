using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Peers;
using WsBalancer.Proxy.State;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Rebalancing;

/// <summary>
/// Begins, pauses and ends rebalances, and reports their progress. A rebalance is a record in the store, from which
/// every balancer closes its own tunnels.
/// </summary>
/// <remarks>
/// Every method throws <see cref="RefusedException"/> for a request that cannot be carried out; nothing has changed
/// then.
/// </remarks>
internal sealed class RebalanceOperations(
    StateStore store,
    RebalanceRegistry runs,
    OtherBalancers others,
    Agreement agreement,
    TunnelRegistry tunnels,
    TimeProvider time)
{
    /// <summary>The rate in tunnels per second of the whole fleet, if a request has none.</summary>
    // Half the rate of a drain: a rebalance is not urgent, and every closed tunnel is a client that reconnects.
    public const double DefaultRate = 50;

    private const double HighestRate = RecordBounds.HighestRate;

    /// <summary>Begins a rebalance, or changes the rate of the one that is running or paused.</summary>
    public async Task<RebalanceResult> BeginAsync(
        FleetCluster cluster, double? ratePerSecond, long? ifEpoch, CancellationToken cancellation)
    {
        if (ratePerSecond is not (null or (> 0 and <= HighestRate)))
        {
            throw new RefusedException(
                RefusalKind.BadValue,
                $"'ratePerSecond' is {ratePerSecond}: expected a number above 0, up to {HighestRate}.");
        }

        using var turn = await cluster.EnterAsync(ifEpoch, cancellation);
        if (agreement.DisputeIn(cluster.Id) is { } reason)
        {
            throw new RefusedException(
                RefusalKind.Conflict,
                $"The balancers disagree on cluster '{cluster.Id}' ({reason}): each would move users to another home. "
                + "A rebalance waits until they agree.");
        }

        var value = Find(cluster) is { State: RebalanceState.Running or RebalanceState.Paused } on
            ? on with { RatePerSecond = ratePerSecond ?? on.RatePerSecond }
            : new RebalanceValue(
                $"rebalance-{Guid.NewGuid():n}", ratePerSecond ?? DefaultRate, RebalanceState.Running, null);
        return await WriteAsync(cluster, value, cancellation);
    }

    /// <summary>Pauses or continues the rebalance of a cluster.</summary>
    public async Task<RebalanceResult> PauseAsync(
        FleetCluster cluster, bool paused, long? ifEpoch, CancellationToken cancellation)
    {
        using var turn = await cluster.EnterAsync(ifEpoch, cancellation);
        var value = OnIn(cluster) with { State = paused ? RebalanceState.Paused : RebalanceState.Running };
        return await WriteAsync(cluster, value, cancellation);
    }

    /// <summary>Ends the rebalance of a cluster; users that it has moved stay moved.</summary>
    public async Task<RebalanceResult> CancelAsync(
        FleetCluster cluster, long? ifEpoch, CancellationToken cancellation)
    {
        using var turn = await cluster.EnterAsync(ifEpoch, cancellation);
        var value = OnIn(cluster) with { State = RebalanceState.Cancelled, Reason = "cancelled by an operator" };
        return await WriteAsync(cluster, value, cancellation);
    }

    /// <summary>Whether the other balancers are in the counts; null if this balancer does not share.</summary>
    public bool? Shared => others.AreInCounts;

    /// <summary>The state of the last rebalance of a cluster.</summary>
    public RebalanceState StateOf(FleetCluster cluster) => Find(cluster)?.State ?? RebalanceState.Idle;

    /// <summary>The progress of the rebalance of a cluster, in the whole fleet or at this balancer.</summary>
    public RebalanceStatus StatusOf(FleetCluster cluster, bool fleetWide)
    {
        var value = Find(cluster);
        var run = runs.Find(cluster) is { } found && found.Value.Operation == value?.Operation ? found : null;
        var counts = run?.CountTunnels() ?? new RebalanceView(cluster, tunnels).CountTunnels(time.GetTimestamp());
        var own = run?.Report ?? new PeerRebalance("", 0, 0, 0);
        var operation = value?.Operation ?? "";
        var part = fleetWide ? others.RebalanceOf(cluster.Id, operation) : new PeerRebalance("", 0, 0, 0);

        // The other balancers report their blocked tunnels as of the end of the rebalance; some may have ended since,
        // so the misplaced tunnels of now are the upper bound.
        var elsewhere = fleetWide ? others.MisplacedIn(cluster.Id) : 0;
        var rate = value?.RatePerSecond ?? 0;
        var share = fleetWide
            ? 1
            : FleetShare.Of(own.Remaining, others.RebalanceOf(cluster.Id, operation).Remaining);
        return new RebalanceStatus(
            StateOf(cluster),
            counts.Misplaced + elsewhere,
            counts.Blocked + Math.Min(part.Blocked, elsewhere),
            own.Closed + part.Closed,
            Eta(StateOf(cluster), own.Remaining + part.Remaining, rate * share),
            ReasonOf(value, counts, elsewhere, own.Remaining),
            rate);
    }

    private static double? Eta(RebalanceState state, long remaining, double rate) => state switch
    {
        RebalanceState.Running => remaining == 0 ? 0 : rate > 0 ? Math.Round(remaining / rate, 1) : null,
        RebalanceState.Done => 0,
        _ => null,
    };

    private string? ReasonOf(RebalanceValue? value, RebalanceCounts counts, long elsewhere, long remaining)
    {
        if (value is { State: RebalanceState.Running } && remaining == 0 && !others.AreKnown)
        {
            return "nothing is left to close here, and nothing is received from the other balancers: Redis is away";
        }

        if (value is { State: RebalanceState.Stopped or RebalanceState.Cancelled, Reason: { } reason })
        {
            return reason;
        }

        return counts.Reason
            ?? (value?.State == RebalanceState.Done && elsewhere > 0
                ? $"{elsewhere} tunnels of other balancers stay misplaced; those balancers report why"
                : null);
    }

    private RebalanceValue? Find(FleetCluster cluster) =>
        store.Find(RebalanceRegistry.KeyOf(cluster)) as RebalanceValue;

    private RebalanceValue OnIn(FleetCluster cluster) =>
        Find(cluster) is { State: RebalanceState.Running or RebalanceState.Paused } on
            ? on
            : throw new RefusedException(
                RefusalKind.Conflict, $"No rebalance of cluster '{cluster.Id}' is running or paused.");

    private async Task<RebalanceResult> WriteAsync(
        FleetCluster cluster, RebalanceValue value, CancellationToken cancellation)
    {
        var shared = await store.WriteAsync([new StateChange(RebalanceRegistry.KeyOf(cluster), value)], cancellation);
        runs.Reconcile();
        return new RebalanceResult(StatusOf(cluster, fleetWide: true), cluster.Current.Epoch, shared);
    }
}
