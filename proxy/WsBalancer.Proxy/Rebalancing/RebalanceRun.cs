using System.Collections.Concurrent;
using WsBalancer.Proxy.Closing;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Peers;
using WsBalancer.Proxy.State;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Rebalancing;

/// <summary>
/// This balancer's part in one rebalance of a cluster. Kept after its end, until the next rebalance begins.
/// </summary>
internal sealed class RebalanceRun : IDisposable
{
    private static readonly TimeSpan RefreshInterval = TimeSpan.FromSeconds(1);

    private readonly FleetCluster _cluster;
    private readonly PacedCloser _closer;
    private readonly RebalanceView _view;
    private readonly OtherBalancers _others;
    // Returns why the rebalance must stop for a reason outside of this type; null if it may continue.
    private readonly Func<string?> _stopReason;
    private readonly TimeProvider _time;
    private readonly ClosingTally _tally = new();
    private readonly HandshakeTally _handshakes;
    private readonly ConcurrentDictionary<NodeKey, bool> _targets = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly long _begun;
    private volatile RebalanceValue _value;
    private volatile ClosingRun _run;
    private volatile RebalanceCounts _counts;
    private volatile RebalanceEnd? _end;
    private long _countedAt;

    /// <summary>Takes part in a rebalance whose record is running or paused.</summary>
    public RebalanceRun(
        FleetCluster cluster,
        RebalanceValue value,
        PacedCloser closer,
        TunnelRegistry tunnels,
        OtherBalancers others,
        Func<string?> stopReason,
        TimeProvider time)
    {
        (_cluster, _value, _closer, _others, _stopReason, _time) = (cluster, value, closer, others, stopReason, time);
        _view = new RebalanceView(cluster, tunnels);
        _handshakes = new HandshakeTally(time);
        _begun = _countedAt = time.GetTimestamp();
        _counts = _view.CountTunnels(_begun);
        _run = Prepare(value);
    }

    public RebalanceValue Value => _value;

    /// <summary>The end that must be written to the record; null while the rebalance continues.</summary>
    public RebalanceEnd? End => _end;

    /// <summary>The counts of the tunnels, as of the last second.</summary>
    public RebalanceCounts Counts => _counts;

    /// <summary>This balancer's part, for the report to the others.</summary>
    public PeerRebalance Report => new(_value.Operation, Remaining, _counts.Blocked, _tally.Closed);

    private long Remaining => _counts.Closable + _tally.Pending;

    /// <param name="ended">Called at every step while <see cref="End"/> is not written to the record.</param>
    public Task RunAsync(Action ended) =>
        _closer.RunAsync($"the rebalance of {_cluster.Id}", () => Step(ended), _stop.Token);

    /// <summary>Applies a change of the record, made here or at another balancer.</summary>
    public void Apply(RebalanceValue value)
    {
        var before = _value;
        _value = value;
        _end = null;
        if (value.RatePerSecond != before.RatePerSecond)
        {
            _run = Prepare(value);
        }
    }

    /// <summary>Records the outcome of a handshake.</summary>
    public void OnHandshake(NodeKey node, bool succeeded) => _handshakes.Add(node, succeeded);

    public RebalanceCounts CountTunnels() => _view.CountTunnels(_begun);

    /// <summary>Stops closing tunnels at this balancer.</summary>
    public void Dispose()
    {
        if (!_stop.IsCancellationRequested)
        {
            _stop.Cancel();
            _stop.Dispose();
        }
    }

    private ClosingRun Prepare(RebalanceValue value)
    {
        var code = _cluster.Current.Settings.Get<DrainOptions>().CloseCode;
        var share = new RunningShare();
        var plan = new ClosingPlan(
            value.Operation,
            new CloseMessage(TunnelEnd.Rebalance, code, "the connection moves to its home node"),
            new PaceTerms(value.RatePerSecond, Over: null, TimeSpan.Zero),
            () => _view.Tunnels,
            tunnel => MayClose && _view.PlacementOf(tunnel, _begun) == TunnelPlacement.Closable)
        {
            Share = () => share.Of(
                Remaining, _others.RebalanceOf(_cluster.Id, value.Operation).Remaining, _others.Reports),
            Closed = NoteTarget,
        };
        return _closer.Prepare(plan, _tally);
    }

    private bool MayClose =>
        _value.State == RebalanceState.Running && _end is null && !_stop.IsCancellationRequested;

    private void NoteTarget(Tunnel tunnel)
    {
        if (_view.HomeOf(tunnel) is { } home)
        {
            _targets[home] = true;
        }
    }

    private ClosingPhase Step(Action ended)
    {
        if (_value.State is not (RebalanceState.Running or RebalanceState.Paused))
        {
            return ClosingPhase.Done;
        }

        if (_value.State == RebalanceState.Running && _end is null && StopReason() is { } reason)
        {
            _end = new RebalanceEnd(RebalanceState.Stopped, reason);
        }

        var phase = _run.Step();
        RefreshCounts(phase);
        if (MayClose && phase == ClosingPhase.Done && IsDone())
        {
            _end = new RebalanceEnd(RebalanceState.Done, _counts.Reason);
        }

        if (_end is not null)
        {
            ended();
        }

        return phase == ClosingPhase.Done ? ClosingPhase.Idle : phase;
    }

    private void RefreshCounts(ClosingPhase phase)
    {
        var now = _time.GetTimestamp();
        if (phase == ClosingPhase.Done || _time.GetElapsedTime(_countedAt, now) >= RefreshInterval)
        {
            _countedAt = now;
            _counts = CountTunnels();
        }
    }

    // One of the balancers ends the rebalance for all, once none has a tunnel left to close.
    private bool IsDone() =>
        Remaining == 0 && _others.IsThisFirstOf(_cluster.Id) && _others.AreDone(_cluster.Id, _value.Operation);

    private string? StopReason() => _stopReason() ?? _targets.Keys
        .Select(target => _handshakes.FailureReason(target) is { } why ? $"{why} at {target.Id}" : null)
        .FirstOrDefault(why => why is not null);
}

/// <summary>How a rebalance ends, and why.</summary>
internal sealed record RebalanceEnd(RebalanceState State, string? Reason);
