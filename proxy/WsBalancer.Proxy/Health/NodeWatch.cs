using WsBalancer.Proxy.Fleet;

namespace WsBalancer.Proxy.Health;

/// <summary>
/// Watches one node at one address: probes it until disposed, and records its health in the fleet. One lock guards all
/// judgements, since the results of users' handshakes are reported from any thread.
/// </summary>
internal sealed class NodeWatch : IAsyncDisposable
{
    // A node that is probed only by TCP cannot withdraw its announcement. When the announcement is this old, the node
    // is available again, and the next handshake shows whether it still drains.
    private static readonly TimeSpan AnnouncementLifetime = TimeSpan.FromSeconds(30);

    private readonly FleetRegistry _fleet;
    private readonly FleetCluster _cluster;
    private readonly NodeProbe _probe;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly HealthJudge _judge = new();
    private readonly SilenceJudge _silence = new();
    private readonly long _begun;
    private readonly Lock _gate = new();
    private Task _loop = Task.CompletedTask;
    private long? _announcedAt;

    public NodeWatch(FleetRegistry fleet, FleetCluster cluster, Node node, NodeProbe probe, TimeProvider time)
    {
        _fleet = fleet;
        _cluster = cluster;
        _probe = probe;
        _time = time;
        _begun = time.GetTimestamp();
        Node = node;
        Address = node.Address;
    }

    public Node Node { get; }

    /// <summary>The address when the watch began. A node at another address gets another watch.</summary>
    public string Address { get; }

    private TimeSpan Now => _time.GetElapsedTime(_begun);

    private HealthOptions Options => _cluster.Current.Settings.Get<HealthOptions>();

    /// <summary>
    /// Starts the probes: the first at once, then at the interval. <paramref name="faulted"/> is called for exceptions
    /// that are not the node's fault, once for consecutive ones.
    /// </summary>
    public void Start(Action<Exception> faulted) => _loop = Task.Run(() => LoopAsync(faulted), _stop.Token);

    public void ConnectSucceeded()
    {
        lock (_gate)
        {
            _judge.ConnectSucceeded();
        }
    }

    public void ConnectFailed(string why)
    {
        lock (_gate)
        {
            _judge.ConnectFailed(Options);
            _fleet.SetHealth(_cluster, Node, _judge.Verdict, $"users could not connect ({why})");
        }
    }

    /// <summary>The node answered a handshake, or ended the connection of one.</summary>
    public void HandshakeAnswered()
    {
        Node.AnsweredAt = _time.GetTimestamp();
        lock (_gate)
        {
            if (_silence.Answered(Now))
            {
                _fleet.EndSilence(_cluster, Node, "it answers handshakes again");
            }
        }
    }

    /// <summary>The node received a handshake and did not answer it.</summary>
    /// <param name="trial">The trial for which the handshake was used; null if there was none.</param>
    /// <returns>Whether the node should be silent now but too many other nodes are: true once for a row of unanswered
    /// handshakes.</returns>
    public bool HandshakeNotAnswered(NodeTrial? trial)
    {
        lock (_gate)
        {
            if (trial is not null)
            {
                _silence.Failed(trial, Options, Now, counts: OthersAnswer());
                return false;
            }

            if (!_silence.NotAnswered(Options))
            {
                return false;
            }

            var row = _silence.Unanswered;
            if (_fleet.TrySetSilent(
                _cluster, Node, Options.MaxSilent, $"{row} handshakes in a row were not answered"))
            {
                _silence.Begin(Options, Now);
                return false;
            }

            return row == Options.SilentHandshakes;
        }
    }

    /// <summary>Begins a trial if the node is silent and a trial is due; otherwise null.</summary>
    public NodeTrial? TryBeginTrial()
    {
        lock (_gate)
        {
            return _silence.TryBegin(Now, EndTrial);
        }
    }

    /// <summary>The node answered a handshake with the announcement that it drains.</summary>
    public void Announced()
    {
        lock (_gate)
        {
            _announcedAt = _time.GetTimestamp();
            _fleet.SetAnnouncedDrain(_cluster, Node, true);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    // The handshake of the trial ended without a result, for example because its client disconnected.
    private void EndTrial(NodeTrial trial)
    {
        lock (_gate)
        {
            _silence.Failed(trial, Options, Now, counts: false);
        }
    }

    // If no other node has answered since the pause began, the nodes have a common cause, which will end for all of
    // them at once. Then a longer pause would only exclude the node for longer than the cause lasts.
    private bool OthersAnswer() => _cluster.Current.Nodes.Any(
        other => other.Node != Node && other.Node.AnsweredAt != 0
            && _time.GetElapsedTime(_begun, other.Node.AnsweredAt) > _silence.PausedAt);

    private async Task LoopAsync(Action<Exception> faulted)
    {
        var isFaulted = false;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                Judge(await _probe.RunAsync(_cluster.Current, Node, _stop.Token));
                isFaulted = false;
            }
            catch (Exception ex) when (!_stop.IsCancellationRequested)
            {
                // Reported once, not after every probe until the cause is repaired.
                if (!isFaulted)
                {
                    faulted(ex);
                }

                isFaulted = true;
            }

            // ± 10 %, so that balancers that were started together do not probe together.
            var interval = NodeProbe.IntervalOf(_cluster.Current) * (0.9 + (0.2 * Random.Shared.NextDouble()));
            await Task.Delay(interval, _time, _stop.Token);
        }
    }

    private void Judge(ProbeOutcome outcome)
    {
        lock (_gate)
        {
            var before = _judge.Verdict;
            switch (outcome.Kind)
            {
                case ProbeFinding.Succeeded or ProbeFinding.Draining:
                    _judge.ProbeSucceeded(Options);
                    break;
                case ProbeFinding.Failed:
                    _judge.ProbeFailed(Options);
                    break;
                case ProbeFinding.OwnFault:
                    return;
            }

            _fleet.SetHealth(_cluster, Node, _judge.Verdict, outcome.Why);
            var wasAway = (before, _judge.Verdict) == (NodeHealth.Unhealthy, NodeHealth.Healthy);
            if ((wasAway || Options.SilentHandshakes is null) && _silence.End(Now))
            {
                _fleet.EndSilence(
                    _cluster, Node, wasAway ? "it was away in between" : "unanswered handshakes no longer count");
            }

            if (outcome.Kind == ProbeFinding.Draining)
            {
                _announcedAt = _time.GetTimestamp();
                _fleet.SetAnnouncedDrain(_cluster, Node, true);
            }
            else if (outcome.Kind == ProbeFinding.Succeeded && WithdrawsAnnouncement(outcome, before))
            {
                _fleet.SetAnnouncedDrain(_cluster, Node, false);
            }
        }
    }

    // A healthy response over HTTP withdraws the announcement. A TCP connect withdraws it only if the node was
    // unhealthy before, or if the announcement is old.
    private bool WithdrawsAnnouncement(ProbeOutcome outcome, NodeHealth before) =>
        _judge.Verdict == NodeHealth.Healthy
        && (outcome.IsHttp
            || before == NodeHealth.Unhealthy
            || (_announcedAt is { } at && _time.GetElapsedTime(at) > AnnouncementLifetime));
}
