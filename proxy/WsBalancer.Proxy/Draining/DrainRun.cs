using WsBalancer.Proxy.Closing;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Peers;
using WsBalancer.Proxy.State;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Draining;

/// <summary>This balancer's part in the drain of one node, from its begin until the node takes users again.</summary>
internal sealed class DrainRun : IDisposable
{
    // The last tunnels may end a second after the deadline, while the Close frame of the node is pending.
    private static readonly TimeSpan NodeCloseGrace = TimeSpan.FromSeconds(2);

    private readonly FleetCluster _cluster;
    private readonly PacedCloser _closer;
    private readonly TunnelRegistry _tunnels;
    private readonly OtherBalancers _others;
    private readonly OperationEvents _news;
    private readonly ClosingTally _tally = new();
    private readonly CancellationTokenSource _stop = new();
    private volatile OrderRun _current;
    private bool _drainedReported;

    public DrainRun(
        FleetCluster cluster,
        Node node,
        DrainOrder order,
        PacedCloser closer,
        TunnelRegistry tunnels,
        OtherBalancers others,
        OperationEvents news)
    {
        (_cluster, Node, _closer, _tunnels, _others, _news) = (cluster, node, closer, tunnels, others, news);
        Total = node.Ledger.Active;
        _current = Begin(order);
        Publish($"drains ({string.Join(" and ", order.Sources)}): {Total} tunnels here{Terms(order.Value)}");
    }

    public Node Node { get; }

    public DrainOrder Order => _current.Order;

    /// <summary>Open tunnels when the drain began.</summary>
    public long Total { get; }

    /// <summary>This balancer's part, for the report to the others.</summary>
    public PeerDrain Report => new(Total, Node.Ledger.Active, _tally.Closed, _tally.Forced);

    public Task RunAsync() => _closer.RunAsync($"the drain of {Node.Id}", Step, _stop.Token);

    /// <summary>Continues with another order, whose deadline counts from now.</summary>
    public void Change(DrainOrder order)
    {
        var before = _current.Order;
        if (before == order)
        {
            // Called once a second: events of an unchanged part must not be repeated.
            return;
        }

        if (before.Value == order.Value)
        {
            _current = _current with { Order = order };
            return;
        }

        _current = Begin(order);
        var sources = string.Join(" and ", order.Sources);
        Publish($"drains on ({sources}): {Node.Ledger.Active} tunnels here{Terms(order.Value)}");
    }

    /// <summary>Stops closing tunnels, without an event: the balancer stops.</summary>
    public void Dispose()
    {
        if (!_stop.IsCancellationRequested)
        {
            _stop.Cancel();
            _stop.Dispose();
        }
    }

    /// <summary>Stops closing tunnels, with an event: the drain has ended.</summary>
    public void Stop()
    {
        Dispose();
        var open = Node.Ledger.Active;
        if (Node.IsLeaving)
        {
            PublishDrainedOnce();
        }
        else
        {
            Publish($"takes users again; {open} of its tunnels stayed, {_tally.Closed} were closed");
        }
    }

    public DrainStatus Status(bool fleetWide)
    {
        var part = _current;
        var own = Report;
        var others = _others.DrainOf(Node);
        var sum = fleetWide
            ? new PeerDrain(
                own.Total + others.Total,
                own.Remaining + others.Remaining,
                own.Closed + others.Closed,
                own.Forced + others.Forced)
            : own;
        var share = fleetWide ? 1 : FleetShare.Of(own.Remaining, others.Remaining);
        var value = part.Order.Value;

        // Close to the deadline the needed rate has no bound; a rate above all tunnels in a second has no meaning.
        var rate = Math.Min(
            part.Run.RateAt(sum.Remaining, share), Math.Max(sum.Remaining, value.RatePerSecond * share));
        var left = value.DeadlineSeconds is { } deadline
            ? Math.Round(Math.Max(0, deadline - part.Run.Elapsed.TotalSeconds), 1)
            : (double?)null;
        return new DrainStatus(
            Node.Status.StateWith(sum.Remaining),
            part.Order.Sources,
            sum.Total,
            sum.Remaining,
            sum.Closed,
            sum.Forced,
            Math.Round(rate, 1),
            DrainStatus.Eta(sum.Remaining, rate, left),
            left,
            value.CloseCode);
    }

    /// <summary>The current terms with the rest of their deadline, for a request that gives no other.</summary>
    public DrainValue WithRemainingDeadline()
    {
        var part = _current;
        var value = part.Order.Value;
        return value with
        {
            DeadlineSeconds = value.DeadlineSeconds is { } deadline
                ? Math.Max(0, deadline - part.Run.Elapsed.TotalSeconds)
                : null,
        };
    }

    private static FormattableString Terms(DrainValue value) => (value.RatePerSecond, value.DeadlineSeconds) switch
    {
        (0, null) => $", which stay open",
        (0, { } deadline) => $", which stay open until the deadline in {deadline:0.#} s requires more",
        (var rate, null) => $", at {rate:0.##}/s, without a deadline",
        (var rate, { } deadline) => $", at {rate:0.##}/s, within {deadline:0.#} s",
    };

    private OrderRun Begin(DrainOrder order)
    {
        var settings = _cluster.Current.Settings;
        var share = new RunningShare();
        var plan = new ClosingPlan(
            order.Value.Operation,
            new CloseMessage(TunnelEnd.Drain, order.Value.CloseCode, "the node is being drained"),
            DrainTerms.PaceOf(
                order.Value, settings.Get<DrainOptions>(), settings.Get<TunnelOptions>().CloseTimeout),
            () => _tunnels.On(Node.Key),
            tunnel => tunnel.Identity.Node == Node.Key && !_stop.IsCancellationRequested)
        {
            Share = () => share.Of(Node.Ledger.Active, _others.RemainingOn(Node), _others.Reports),
        };
        return new OrderRun(order, _closer.Prepare(plan, _tally));
    }

    private ClosingPhase Step()
    {
        var part = _current;
        var phase = part.Run.Step();
        if (part.Run.IsRaised && !part.RaiseReported)
        {
            part.RaiseReported = true;
            var rate = part.Run.RateAt(Node.Ledger.Active);
            Publish(
                $"is drained faster than requested, at {rate:0.#}/s, to meet the deadline", ("ratePerSecond", rate));
        }

        var over = part.Order.Value.DeadlineSeconds;
        var late = part.Run.Elapsed.TotalSeconds - over;
        if (!part.DeadlineReported && !_drainedReported && late >= 0
            && (Node.Ledger.Active == 0 || late >= NodeCloseGrace.TotalSeconds))
        {
            part.DeadlineReported = true;
            Publish(
                $"has reached the deadline of its drain; {_tally.Forced} tunnels were aborted",
                ("forced", _tally.Forced));
        }

        if (phase == ClosingPhase.Done)
        {
            PublishDrainedOnce();
            return ClosingPhase.Idle;
        }

        return phase;
    }

    private void PublishDrainedOnce()
    {
        if (!_drainedReported && Node.Ledger.Active == 0)
        {
            _drainedReported = true;
            Publish(
                $"is drained here: {_tally.Closed} tunnels closed, {_tally.Forced} of them aborted",
                ("closed", _tally.Closed),
                ("forced", _tally.Forced));
        }
    }

    private void Publish(FormattableString what, params (string Name, double Value)[] figures) =>
        _news.Drain(Node, what, [.. figures, ("remaining", Node.Ledger.Active)]);

    // An order with its run, and which of its events were published.
    private sealed record OrderRun(DrainOrder Order, ClosingRun Run)
    {
        public bool RaiseReported { get; set; }

        public bool DeadlineReported { get; set; }
    }
}
