using System.Collections.Concurrent;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.State;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Moving;

/// <summary>This balancer's part in the rebalance of one cluster, from its begin to the next one's.</summary>
internal sealed class RebalanceRun : IDisposable
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    private readonly FleetCluster _cluster;
    private readonly PacedCloser _closer;
    private readonly RebalanceView _view;
    private readonly OtherBalancers _others;
    private readonly Func<string?> _whyNot;
    private readonly TimeProvider _time;
    private readonly ClosingTally _tally = new();
    private readonly HandshakeTally _handshakes;
    private readonly ConcurrentDictionary<NodeKey, bool> _targets = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly long _begun;
    private volatile RebalanceValue _value;
    private volatile ClosingRun _run;
    private volatile RebalanceSurvey _survey;
    private volatile RebalanceEnd? _end;
    private long _surveyed;

    /// <param name="cluster">Its cluster.</param>
    /// <param name="value">What was decided, running or paused.</param>
    /// <param name="closer">Closes.</param>
    /// <param name="tunnels">Finds tunnels.</param>
    /// <param name="others">The other balancers' parts.</param>
    /// <param name="whyNot">Why it must not go on, apart from its own reasons; null if it may.</param>
    /// <param name="time">The clock.</param>
    public RebalanceRun(
        FleetCluster cluster,
        RebalanceValue value,
        PacedCloser closer,
        TunnelRegistry tunnels,
        OtherBalancers others,
        Func<string?> whyNot,
        TimeProvider time)
    {
        (_cluster, _value, _closer, _others, _whyNot, _time) = (cluster, value, closer, others, whyNot, time);
        _view = new RebalanceView(cluster, tunnels);
        _handshakes = new HandshakeTally(time);
        _begun = _surveyed = time.GetTimestamp();
        _survey = _view.Survey(_begun);
        _run = Prepare(value);
    }

    public RebalanceValue Value => _value;

    /// <summary>How it is to end, which is to be written down; null while it goes on.</summary>
    public RebalanceEnd? End => _end;

    /// <summary>What it sees, as of the last second.</summary>
    public RebalanceSurvey Seen => _survey;

    /// <summary>This balancer's part, as it tells the others.</summary>
    public PeerRebalance Report => new(_value.Operation, Remaining, _survey.Blocked, _tally.Closed);

    private long Remaining => _survey.Closable + _tally.Pending;

    /// <param name="ended">Called for as long as <see cref="End"/> is not written down.</param>
    public Task RunAsync(Action ended) =>
        _closer.RunAsync($"the rebalance of {_cluster.Id}", () => Step(ended), _stop.Token);

    /// <summary>Takes over what was decided of it, here or elsewhere.</summary>
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

    /// <summary>Hears how a handshake turned out.</summary>
    public void Heard(NodeKey node, bool succeeded) => _handshakes.Add(node, succeeded);

    public RebalanceSurvey Survey() => _view.Survey(_begun);

    /// <summary>Closes nothing any more here.</summary>
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
            new Farewell(TunnelEnd.Rebalance, code, "the connection moves to its home node"),
            new PaceTerms(value.RatePerSecond, Over: null, TimeSpan.Zero),
            () => _view.Tunnels,
            tunnel => MayClose && _view.Judge(tunnel, _begun) == Placing.Closable)
        {
            Share = () => share.Of(
                Remaining, _others.RebalanceOf(_cluster.Id, value.Operation).Remaining, _others.Heard),
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

        if (_value.State == RebalanceState.Running && _end is null && WhyStop() is { } reason)
        {
            _end = new RebalanceEnd(RebalanceState.Stopped, reason);
        }

        var phase = _run.Step();
        Look(phase);
        if (MayClose && phase == ClosingPhase.Done && IsDone())
        {
            _end = new RebalanceEnd(RebalanceState.Done, _survey.Reason);
        }

        if (_end is not null)
        {
            ended();
        }

        return phase == ClosingPhase.Done ? ClosingPhase.Idle : phase;
    }

    private void Look(ClosingPhase phase)
    {
        var now = _time.GetTimestamp();
        if (phase == ClosingPhase.Done || _time.GetElapsedTime(_surveyed, now) >= Fresh)
        {
            _surveyed = now;
            _survey = Survey();
        }
    }

    // One of the balancers says it for all, once none has anything left.
    private bool IsDone() =>
        Remaining == 0 && _others.IsThisFirstOf(_cluster.Id) && _others.AreDone(_cluster.Id, _value.Operation);

    private string? WhyStop() => _whyNot() ?? _targets.Keys
        .Select(target => _handshakes.WhyNot(target) is { } why ? $"{why} at {target.Node}" : null)
        .FirstOrDefault(why => why is not null);
}

/// <summary>How a rebalance ends, and why.</summary>
internal sealed record RebalanceEnd(RebalanceState State, string? Reason);
