namespace WsBalancer.Proxy.Tunnels;

/// <summary>
/// One upgraded connection end to end: client, balancer, node. A tunnel has a user and a node, counts the bytes and
/// frames that are forwarded, and closes on request as RFC 6455 specifies. Thread-safe.
/// </summary>
/// <remarks>
/// <para>Closing: (1) A Close frame is sent to the client at a frame boundary; later bytes of the node are dropped. (2)
/// The client's bytes, with its Close frame in response, are still forwarded to the node, which then closes its
/// connection, and the tunnel ends. (3) Without a response within the close timeout the client is abandoned, so that
/// the node is read even if the client does not read, and a masked Close frame is sent to the node at a boundary; when
/// the node ends, or after a second, the tunnel is aborted.</para>
/// <para>The end of one peer: see <see cref="OnPeerEof"/>. The tunnel is over when each peer has sent a Close frame or
/// FIN.</para>
/// </remarks>
internal sealed partial class Tunnel
{
    private readonly TunnelOptions _options;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private TunnelActivity _client;
    private TunnelActivity _node;
    private ITimer? _deadline;
    private TunnelEnd? _end;
    private Sides _closed;
    private Sides _done;
    private volatile bool _ended;
    private bool _isAborted;

    /// <param name="terms">The identity, the options, the account and the clock.</param>
    /// <param name="flow">The data path.</param>
    /// <param name="past">The history of a tunnel that was opened on another loop or in another process.</param>
    public Tunnel(in TunnelTerms terms, ITunnelFlow flow, TunnelHistory? past = null)
    {
        (Identity, _options, Ledger, _time) = terms;
        Flow = flow;
        OpenedTimestamp = _time.GetTimestamp();
        OpenedAt = _time.GetUtcNow();
        _client = new TunnelActivity(OpenedTimestamp);
        _node = new TunnelActivity(OpenedTimestamp);
        if (past is { Traffic: var traffic })
        {
            OpenedTimestamp = Ago(past.Age);
            OpenedAt = past.OpenedAt;
            _client = new(Ago(past.ClientSilence), traffic.BytesFromClient, traffic.FramesFromClient);
            _node = new(Ago(past.NodeSilence), traffic.BytesFromNode, traffic.FramesFromNode);
            _end = past.EndReason;
        }
    }

    public TunnelIdentity Identity { get; }

    /// <summary>The account of the tunnel's node. Final after <see cref="TunnelRegistry.Add"/>.</summary>
    public TunnelLedger Ledger { get; set; }

    /// <summary>The handshake; null if it was not recorded. Set once, before the tunnel is registered.</summary>
    public TunnelOrigin? Origin { get; set; }

    /// <summary>The data path.</summary>
    public ITunnelFlow Flow { get; }

    public DateTimeOffset OpenedAt { get; }

    /// <summary>When the tunnel was opened: a timestamp of its clock, comparable with other timestamps.</summary>
    public long OpenedTimestamp { get; }

    public TimeSpan Age => _time.GetElapsedTime(OpenedTimestamp);

    /// <summary>The maximum age of the tunnel; null if its cluster sets no limit.</summary>
    public TimeSpan? Lifetime => TunnelLifetime.Of(Identity.Id, _options);

    /// <summary>How long the peers may take to close the tunnel in order.</summary>
    public TimeSpan CloseTimeout => _options.CloseTimeout;

    /// <summary>Whether the tunnel is over.</summary>
    public bool HasEnded => _ended;

    /// <summary>Why the tunnel ends: the first reason that was set; null before it.</summary>
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

    /// <summary>Whether the client did not answer the balancer's Close frame within the close timeout.</summary>
    public bool Forced { get; private set; }

    /// <summary>Whether the end has begun: by a request to close, or because a peer has ended its connection.</summary>
    public bool IsClosing
    {
        get
        {
            lock (_gate)
            {
                return _ended || _isAborted || _deadline is not null;
            }
        }
    }

    public TunnelTraffic Traffic => new(_client.Bytes, _node.Bytes, _client.Frames, _node.Frames);

    /// <summary>The history of the tunnel until now.</summary>
    public TunnelHistory Past => new(OpenedAt, Age, IdleFor.Client, IdleFor.Node, Traffic, EndReason);

    /// <summary>How long the client, and the node, have sent nothing.</summary>
    public (TimeSpan Client, TimeSpan Node) IdleFor =>
        (_time.GetElapsedTime(_client.ReceivedAt), _time.GetElapsedTime(_node.ReceivedAt));

    /// <summary>Whether one side has been silent for longer than the options allow.</summary>
    public bool IsIdle => IdleFor.Client > _options.IdleClient || IdleFor.Node > _options.IdleNode;

    /// <summary>How many bytes the tunnel buffers in both directions, at most. May be read from any thread.</summary>
    public long Buffered => Flow.Client.Buffered + Flow.Node.Buffered;

    /// <summary>Whether bytes have waited for one of the peers for longer than the send timeout or the close timeout,
    /// whichever is shorter.</summary>
    public bool IsStalled => Flow.Client.SendStalledFor > MinStall || Flow.Node.SendStalledFor > MinStall;

    private TimeSpan MinStall => _options.SendTimeout < CloseTimeout ? _options.SendTimeout.Value : CloseTimeout;

    /// <summary>Records that bytes of a side were received now.</summary>
    public void OnReceived(TunnelSide side) => OnReceived(side, _time.GetTimestamp());

    /// <summary>Records when bytes of a side were received.</summary>
    /// <param name="side">The sender.</param>
    /// <param name="at">A timestamp of the clock.</param>
    public void OnReceived(TunnelSide side, long at) => ActivityOf(side).OnReceived(at);

    /// <summary>Counts bytes of a side that were forwarded, and the frames that ended in them.</summary>
    public void OnForwarded(TunnelSide from, long bytes, long frames)
    {
        ActivityOf(from).AddForwarded(bytes, frames);
        Ledger.AddForwarded(from, bytes, frames);
    }

    /// <summary>
    /// Records that the tunnel is over, and returns the reason: <paramref name="otherwise"/> if none was set and the
    /// frames are valid.
    /// </summary>
    public TunnelEnd Finish(TunnelEnd otherwise)
    {
        lock (_gate)
        {
            _ended = true;
            _deadline?.Dispose();
            return _end ?? (Flow.Client.BoundariesUnknown || Flow.Node.BoundariesUnknown
                ? TunnelEnd.Protocol
                : otherwise);
        }
    }

    private long Ago(TimeSpan span) => _time.GetTimestamp() - (long)(span.TotalSeconds * _time.TimestampFrequency);

    private ref TunnelActivity ActivityOf(TunnelSide side) =>
        ref side == TunnelSide.Client ? ref _client : ref _node;
}
