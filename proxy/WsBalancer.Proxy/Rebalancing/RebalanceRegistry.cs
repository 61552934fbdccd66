using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.Closing;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Peers;
using WsBalancer.Proxy.State;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Rebalancing;

/// <summary>
/// This balancer's parts in rebalances: at most one for a cluster, in the rebalance of the cluster's record.
/// </summary>
internal sealed class RebalanceRegistry(
    FleetRegistry fleet,
    StateStore state,
    PacedCloser closer,
    TunnelRegistry tunnels,
    OtherBalancers others,
    Agreement agreement,
    OperationEvents news,
    TimeProvider time,
    ILogger<RebalanceRegistry> logger)
{
    private readonly ConcurrentDictionary<FleetCluster, RebalanceRun> _runs = new();
    private readonly ConcurrentDictionary<string, bool> _writing = new(StringComparer.OrdinalIgnoreCase);
    private readonly Lock _gate = new();

    public IEnumerable<(FleetCluster Cluster, RebalanceRun Run)> All =>
        _runs.Select(entry => (entry.Key, entry.Value));

    public static StateKey KeyOf(FleetCluster cluster) => StateKey.Of(cluster.Id, StateKind.Rebalance);

    /// <summary>The part in the last rebalance of the cluster; null if there has been none since the start.</summary>
    public RebalanceRun? Find(FleetCluster cluster) => _runs.GetValueOrDefault(cluster);

    /// <summary>Begins, changes and ends runs until they match the records.</summary>
    public void Reconcile()
    {
        lock (_gate)
        {
            var clusters = fleet.Clusters.ToHashSet();
            foreach (var (cluster, run) in All.Where(entry => !clusters.Contains(entry.Cluster)))
            {
                run.Dispose();
                _runs.TryRemove(cluster, out _);
            }

            foreach (var cluster in clusters)
            {
                Reconcile(cluster, state.Find(KeyOf(cluster)) as RebalanceValue);
            }
        }
    }

    /// <summary>Records the outcome of a handshake.</summary>
    public void OnHandshake(NodeKey node, bool succeeded)
    {
        foreach (var (cluster, run) in _runs)
        {
            if (cluster.Id == node.Cluster)
            {
                run.OnHandshake(node, succeeded);
            }
        }
    }

    /// <summary>
    /// Ends all runs, when the balancer stops. The records stay, and the rebalances continue at the next start.
    /// </summary>
    public void Stop()
    {
        foreach (var (_, run) in All)
        {
            run.Dispose();
        }
    }

    private static bool IsOn(RebalanceValue value) => value.State is RebalanceState.Running or RebalanceState.Paused;

    private void Reconcile(FleetCluster cluster, RebalanceValue? value)
    {
        var run = _runs.GetValueOrDefault(cluster);
        if (value is not null && run is not null && run.Value.Operation == value.Operation)
        {
            if (run.Value != value)
            {
                var before = run.Value;
                run.Apply(value);
                Publish(cluster, before, value, run.Report.Closed);
            }
        }
        else if (value is not null && IsOn(value))
        {
            run?.Dispose();
            Begin(cluster, value);
        }
        else if (run is not null)
        {
            Supersede(cluster, run);
        }
    }

    // Other balancers began and ended a later rebalance before this one received the record, or the record was removed.
    private void Supersede(FleetCluster cluster, RebalanceRun run)
    {
        run.Dispose();
        _runs.TryRemove(cluster, out _);
        if (IsOn(run.Value))
        {
            var closed = run.Report.Closed;
            news.Rebalance(
                cluster.Id,
                $"a later one took the place of the rebalance, and is over; this balancer closed {closed} tunnels",
                ("closed", closed));
        }
    }

    private void Begin(FleetCluster cluster, RebalanceValue value)
    {
        var run = new RebalanceRun(
            cluster, value, closer, tunnels, others, () => agreement.DisputeIn(cluster.Id), time);
        _runs[cluster] = run;
        var what = value.State == RebalanceState.Paused ? "is paused" : "began";
        var (misplaced, closable) = (run.Counts.Misplaced, run.Counts.Closable);
        news.Rebalance(
            cluster.Id,
            $"a rebalance {what}, at {value.RatePerSecond:0.##}/s: it moves {closable} of {misplaced} misplaced ones",
            ("misplaced", run.Counts.Misplaced),
            ("blocked", run.Counts.Blocked),
            ("ratePerSecond", value.RatePerSecond));
        _ = RunAsync(cluster, run);
    }

    private void Publish(FleetCluster cluster, RebalanceValue before, RebalanceValue value, long closed)
    {
        FormattableString what = value.State switch
        {
            RebalanceState.Running when before.State == RebalanceState.Paused => $"the rebalance continues",
            RebalanceState.Running or RebalanceState.Paused when before.State == value.State =>
                $"the rebalance has another rate, {value.RatePerSecond:0.##}/s",
            RebalanceState.Paused => $"the rebalance is paused",
            RebalanceState.Done => $"the rebalance is done; this balancer closed {closed} tunnels{Because(value)}",
            RebalanceState.Stopped => $"the rebalance stopped{Because(value)}",
            _ => $"the rebalance was cancelled; this balancer closed {closed} tunnels",
        };
        news.Rebalance(cluster.Id, what, ("closed", closed));
    }

    private static string Because(RebalanceValue value) => value.Reason is { } reason ? $": {reason}" : "";

    private async Task RunAsync(FleetCluster cluster, RebalanceRun run)
    {
        try
        {
            await run.RunAsync(() => WriteEnd(cluster, run));
        }
        catch (OperationCanceledException)
        {
            OperationLog.RebalanceEnded(logger, cluster.Id);
        }
    }

    private void WriteEnd(FleetCluster cluster, RebalanceRun run)
    {
        if (run.End is { } end && _writing.TryAdd(cluster.Id, true))
        {
            _ = WriteEndAsync(cluster, run.Value.Operation, end);
        }
    }

    // A write that fails is retried at the next step; until then no tunnel is closed.
    private async Task WriteEndAsync(FleetCluster cluster, string operation, RebalanceEnd end)
    {
        try
        {
            // A step may run inside StateStore.Changed, whose listeners must not wait for the store.
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            using var turn = await cluster.EnterAsync(null, CancellationToken.None);
            if (state.Find(KeyOf(cluster)) is RebalanceValue { State: RebalanceState.Running } value
                && value.Operation == operation)
            {
                var ended = value with { State = end.State, Reason = end.Reason };
                await state.WriteAsync([new StateChange(KeyOf(cluster), ended)], CancellationToken.None);
                Reconcile();
            }
        }
        catch (Exception ex) when (ex is not OutOfMemoryException)
        {
            OperationLog.EndNotWritten(logger, cluster.Id, ex);
        }
        finally
        {
            _writing.TryRemove(cluster.Id, out _);
        }
    }
}
