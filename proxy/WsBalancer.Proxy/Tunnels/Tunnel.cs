using System.Security.Cryptography;
using WsBalancer.Proxy.Framing;

namespace WsBalancer.Proxy.Tunnels;

/// <summary>
/// One upgraded connection end to end: client, balancer, node. Knows who it is for and where it leads, counts what
/// passes, and closes on request the way RFC 6455 wants it. Thread-safe.
/// </summary>
/// <remarks>
/// Closing: (1) a Close frame toward the client at a frame boundary; what the node says after it is dropped. (2) The
/// client's bytes, its echo of the Close among them, still go to the node, so that the node sees an orderly end too and
/// ends its connection, which ends the tunnel. (3) No echo within the close timeout: the client is given up, so that
/// the node is read even if the client takes nothing, and the node is sent a masked Close at a boundary; when it ends,
/// or after a second, the tunnel is cut.
/// </remarks>
internal sealed class Tunnel
{
    // After the timeout the node still gets its own Close frame, and time to answer; it must not hold the cut up.
    private static readonly TimeSpan LastWord = TimeSpan.FromSeconds(1);

    private readonly TunnelOptions _options;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _cut;
    private readonly Lock _gate = new();
    private readonly TunnelActivity _activity;
    private readonly long _openedAt;
    private ITimer? _deadline;
    private TunnelEnd? _end;
    private volatile bool _ended;
    private bool _cutDone;

    /// <param name="identity">Who the tunnel is for and where it leads.</param>
    /// <param name="options">Its timeouts.</param>
    /// <param name="ledger">The account of its node.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cut">Cancelled to end both legs at once, without a word. The owner's; at most once, from any
    /// thread.</param>
    public Tunnel(
        TunnelIdentity identity,
        TunnelOptions options,
        TunnelLedger ledger,
        TimeProvider time,
        CancellationTokenSource cut)
    {
        Identity = identity;
        Ledger = ledger;
        Lifetime = TunnelLifetime.Of(identity.Id, options);
        _options = options;
        _time = time;
        _cut = cut;
        _activity = new TunnelActivity(ledger, time);
        _openedAt = time.GetTimestamp();
        OpenedAt = time.GetUtcNow();
        ClientObserver = new ClientLegObserver(this);
        NodeObserver = new NodeLegObserver(this);
    }

    public TunnelIdentity Identity { get; }

    public TunnelLedger Ledger { get; }

    public DateTimeOffset OpenedAt { get; }

    /// <summary>When it was opened, as a timestamp of its clock: to compare with other moments.</summary>
    public long OpenedTimestamp => _openedAt;

    public TimeSpan Age => _time.GetElapsedTime(_openedAt);

    /// <summary>How old it may become; null if its cluster sets no limit.</summary>
    public TimeSpan? Lifetime { get; }

    /// <summary>Whether it is over.</summary>
    public bool HasEnded => _ended;

    /// <summary>Why it ends, as far as it is known: the first reason that anybody gave.</summary>
    public TunnelEnd? EndReason
    {
        get
        {
            lock (_gate)
            {
                return _end;
            }
        }
    }

    /// <summary>Whether the client did not answer our Close frame in time, so that the tunnel had to be cut.</summary>
    public bool Forced { get; private set; }

    /// <summary>Whether it was asked to close, or its client is gone.</summary>
    public bool IsClosing
    {
        get
        {
            lock (_gate)
            {
                return _ended || _cutDone || _deadline is not null;
            }
        }
    }

    /// <summary>Watches the client's leg: what is written to it is what the node says.</summary>
    public ILegObserver ClientObserver { get; }

    /// <summary>Watches the node's leg: what is written to it is what the client says.</summary>
    public ILegObserver NodeObserver { get; }

    /// <summary>The leg toward the client. Set once, before the tunnel is registered.</summary>
    public TunnelLeg? ClientLeg { get; set; }

    /// <summary>The leg toward the node. Set once, before the tunnel is registered.</summary>
    public TunnelLeg? NodeLeg { get; set; }

    public TunnelTraffic Traffic => _activity.Traffic;

    /// <summary>How long nothing has come from the client, and from the node.</summary>
    public (TimeSpan Client, TimeSpan Node) IdleFor => _activity.IdleFor;

    /// <summary>Whether one side has been silent for longer than the options allow.</summary>
    public bool IsIdle
    {
        get
        {
            var (client, node) = IdleFor;
            return client > _options.IdleClient || node > _options.IdleNode;
        }
    }

    /// <summary>
    /// Begins to close the tunnel. Only the first call counts; the tunnel ends within the close timeout.
    /// </summary>
    /// <param name="end">The reason that is counted.</param>
    /// <param name="code">A code that may be sent (<see cref="CloseCode.MayBeSent"/>).</param>
    /// <param name="reason">The text for the client, at most 123 bytes.</param>
    /// <returns>Whether this call began it.</returns>
    public bool Close(TunnelEnd end, int code, string reason)
    {
        lock (_gate)
        {
            if (_ended || _cutDone || _deadline is not null)
            {
                return false;
            }

            _end ??= end;
            _deadline = _time.CreateTimer(
                static tunnel => ((Tunnel)tunnel!).Overdue(), this, _options.CloseTimeout, Timeout.InfiniteTimeSpan);
        }

        Speak(ClientLeg, CloseFrame.Create(code, reason, mask: null));
        return true;
    }

    /// <summary>Ends the tunnel at once, without a Close frame.</summary>
    public void Cut(TunnelEnd end)
    {
        lock (_gate)
        {
            if (_ended || _cutDone)
            {
                return;
            }

            _end ??= end;
            _cutDone = true;
        }

        _cut.Cancel();
    }

    /// <summary>
    /// The client's connection is gone. Whatever it had sent is still on its way to the node, so the tunnel is not cut
    /// here; it is when that takes longer than the close timeout.
    /// </summary>
    public void ClientGone() => EndSoon(TunnelEnd.ClientLost);

    /// <summary>
    /// Records that the tunnel is over. <paramref name="otherwise"/> is the reason if nobody gave one.
    /// </summary>
    public TunnelEnd Finish(TunnelEnd otherwise)
    {
        lock (_gate)
        {
            _ended = true;
            _deadline?.Dispose();
            var lost = ClientLeg is { Lost: true } || NodeLeg is { Lost: true };
            return _end ?? (lost ? TunnelEnd.Protocol : otherwise);
        }
    }

    private void EndSoon(TunnelEnd end)
    {
        lock (_gate)
        {
            _end ??= end;
            if (!_ended)
            {
                _deadline ??= _time.CreateTimer(
                    static tunnel => ((Tunnel)tunnel!).Cut(TunnelEnd.ClientLost),
                    this,
                    _options.CloseTimeout,
                    Timeout.InfiniteTimeSpan);
            }
        }
    }

    // The close timeout has passed. A client that did answer leaves the node as the one that is late.
    private void Overdue()
    {
        var lastWord = false;
        lock (_gate)
        {
            if (_ended)
            {
                return;
            }

            if (!Forced && NodeLeg is { CloseWritten: false })
            {
                Forced = lastWord = true;
                _deadline!.Change(LastWord, Timeout.InfiniteTimeSpan);
            }
        }

        if (lastWord)
        {
            var mask = (uint)RandomNumberGenerator.GetInt32(int.MaxValue);
            Speak(NodeLeg, CloseFrame.Create(CloseCode.GoingAway, "", mask));
            ClientLeg!.Abandon();
        }
        else
        {
            Cut(TunnelEnd.Error);
        }
    }

    private void Speak(TunnelLeg? leg, byte[] closeFrame) => _ = SpeakAsync(leg!, closeFrame);

    // Nobody awaits this: a leg that cannot be written to has ended or is being cut, which its copy loop reports.
    private async Task SpeakAsync(TunnelLeg leg, byte[] closeFrame)
    {
        try
        {
            await leg.CloseAsync(closeFrame, _cut.Token);
        }
        catch (Exception ex) when (ex is IOException or OperationCanceledException or InvalidOperationException)
        {
            Cut(TunnelEnd.Error);
        }
    }

    private void Saw(TunnelEnd end)
    {
        lock (_gate)
        {
            _end ??= end;
        }
    }

    private sealed class ClientLegObserver(Tunnel tunnel) : ILegObserver
    {
        public void Received() => tunnel._activity.HeardFromClient();

        public void Passed(long bytes, long frames) => tunnel._activity.FromNode(bytes, frames);

        public void ClosePasses() => tunnel.Saw(TunnelEnd.Node);

        // A client that said goodbye leaves its node time to answer; one that just went does not hold the node.
        public void Ended()
        {
            if (tunnel.NodeLeg is { CloseWritten: true })
            {
                tunnel.EndSoon(TunnelEnd.ClientLost);
            }
            else
            {
                tunnel.Cut(TunnelEnd.ClientLost);
            }
        }
    }

    private sealed class NodeLegObserver(Tunnel tunnel) : ILegObserver
    {
        public void Received() => tunnel._activity.HeardFromNode();

        public void Passed(long bytes, long frames) => tunnel._activity.FromClient(bytes, frames);

        public void ClosePasses() => tunnel.Saw(TunnelEnd.Client);

        public void Ended() => tunnel.Saw(TunnelEnd.NodeLost);
    }
}
