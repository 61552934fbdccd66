using WsBalancer.Sockets;
using WsBalancer.Sockets.Loops;

namespace WsBalancer.Proxy.Tunnels.Native;

/// <summary>
/// The native data path: two sockets on one event loop, which relays bytes between them. Used on the loop's thread
/// only, except where <see cref="ITunnelFlow"/> allows other threads.
/// </summary>
/// <remarks>
/// <para>Back-pressure: when one socket has more than <see cref="HighWater"/> bytes unsent, the other is paused until
/// all of them are sent. A direction keeps at most half of what a tunnel may keep, plus the balancer's Close frame.
/// </para>
/// <para>The end: the tunnel is over when it is aborted (<see cref="Tunnel.OnPeerEof"/>,
/// <see cref="Tunnel.OnPeerClosed"/>), or a connection is lost. Then nothing more is relayed, but each socket still
/// sends its unsent bytes, then FIN, and is closed after the FIN of its peer: if it were closed before, with unread
/// input, the kernel would reset it, and the peer might lose the last bytes. A peer that does not receive them, or does
/// not end, within the close timeout is reset.
/// </para>
/// </remarks>
internal sealed class NativeTunnel : ITunnelFlow
{
    private readonly Action<Tunnel> _onOver;
    private readonly NativeLeg _client;
    private readonly NativeLeg _node;
    private Unread? _unread;
    private ITimer? _closeTimer;
    private bool _isOver;

    /// <summary>Creates a tunnel, which takes both sockets. Nothing is relayed before <see cref="Start"/>.</summary>
    /// <param name="terms">The tunnel; its clock is the clock of the loop.</param>
    /// <param name="client">The socket of the client.</param>
    /// <param name="node">The socket of the node, on the same loop.</param>
    /// <param name="maxBuffered">How many bytes may be kept, half of them in each direction. The bytes of one receive
    /// may be kept in any case.</param>
    /// <param name="over">Called once, on the loop's thread, when the tunnel is over.</param>
    /// <param name="past">The history of a tunnel that was released.</param>
    public NativeTunnel(
        in TunnelTerms terms,
        DetachedSocket client,
        DetachedSocket node,
        int maxBuffered,
        Action<Tunnel> over,
        TunnelHistory? past = null)
    {
        if (client.Socket.Loop != node.Socket.Loop)
        {
            throw new ArgumentException("Both sockets of a tunnel must be on the same loop.", nameof(node));
        }

        Tunnel = new Tunnel(terms, this, past);
        _onOver = over;
        HighWater = Math.Max(0, (maxBuffered / 2) - EventLoop.LargestReceive);
        _client = new NativeLeg(this, TunnelSide.Client, client.Socket);
        _node = new NativeLeg(this, TunnelSide.Node, node.Socket);
        _unread = new Unread(client, node);
    }

    public TunnelPath Path => TunnelPath.Native;

    public Tunnel Tunnel { get; }

    /// <summary>A leg with more unsent bytes than this is full: one more receive may reach its bound.</summary>
    public int HighWater { get; }

    ITunnelLeg ITunnelFlow.Client => _client;

    ITunnelLeg ITunnelFlow.Node => _node;

    /// <summary>Whether the tunnel was released, or is over and waits for its peers' FINs.</summary>
    public bool IsOverOrReleased => _isOver;

    /// <summary>Whether one of the two sockets is open. May be read from any thread.</summary>
    public bool HasSockets => !_client.IsClosed || !_node.IsClosed;

    private EventLoop Loop => _client.Loop;

    private bool IsReleasable => !_isOver && !Tunnel.IsClosing;

    /// <summary>
    /// Continues a tunnel that another loop, possibly of another process, has released. Nothing is relayed before
    /// <see cref="Start"/>.
    /// </summary>
    /// <param name="record">The tunnel. Its descriptors are non-blocking, and owned by the new tunnel.</param>
    /// <param name="loop">The loop of the current thread.</param>
    /// <param name="options">The options of the tunnel's cluster.</param>
    /// <param name="ledger">The account of the tunnel's node.</param>
    /// <param name="maxBuffered">As for a new tunnel.</param>
    /// <param name="over">As for a new tunnel.</param>
    /// <exception cref="IOException">The kernel refused a socket; the caller still owns both descriptors.</exception>
    public static NativeTunnel Restore(
        TunnelRecord record,
        EventLoop loop,
        TunnelOptions options,
        TunnelLedger ledger,
        int maxBuffered,
        Action<Tunnel> over)
    {
        var client = loop.Adopt(record.Client.Descriptor, NoEventsHandler.Instance);
        LoopSocket node;
        try
        {
            node = loop.Adopt(record.Node.Descriptor, NoEventsHandler.Instance);
        }
        catch (IOException)
        {
            client.Release();
            throw;
        }

        var restored = new NativeTunnel(
            new TunnelTerms(record.Identity, options, ledger, loop.Time),
            new DetachedSocket(client, default, Ended: false),
            new DetachedSocket(node, default, Ended: false),
            maxBuffered,
            over,
            record.Past);
        restored._client.Resume(record.Client);
        restored._node.Resume(record.Node);
        return restored;
    }

    /// <summary>
    /// Releases the tunnel, which another loop can continue: the caller owns both descriptors, and nothing is relayed
    /// here any more. The tunnel is not over; its owner must remove it from the counts. Called on the loop's thread.
    /// </summary>
    /// <returns>Null if the tunnel is closing or over: then it stays on this loop until its end.</returns>
    public async Task<TunnelRecord?> ReleaseAsync()
    {
        if (!IsReleasable)
        {
            return null;
        }

        _client.BeginRelease();
        _node.BeginRelease();

        // Bytes that one socket still receives are sent by the other, which then has a pending operation again.
        while (IsReleasable && !(_client.IsReleasable && _node.IsReleasable))
        {
            await Loop.NextTurn();
        }

        if (!IsReleasable)
        {
            _client.CancelRelease();
            _node.CancelRelease();
            return null;
        }

        _isOver = true;
        return new TunnelRecord(Tunnel.Identity, Tunnel.Past, _client.Release(), _node.Release());
    }

    /// <summary>Relays the unread bytes of both sockets, then begins to receive.</summary>
    public void Start()
    {
        var (client, node) = _unread ?? throw new InvalidOperationException("The tunnel has been started already.");
        _unread = null;

        // The unread bytes of both peers are relayed before the FIN of a peer has an effect.
        _node.Replay(node.Unread.Span);
        _client.Replay(client.Unread.Span);
        _node.Begin(node.Ended);
        _client.Begin(client.Ended);
    }

    public void Run(Action<Tunnel> action) => Loop.Post(() => action(Tunnel));

    public void Abort() => Loop.RunOrPost(static tunnel => ((NativeTunnel)tunnel).End(), this);

    /// <summary>The leg of the other peer.</summary>
    public NativeLeg OtherOf(TunnelSide peer) => peer == TunnelSide.Client ? _node : _client;

    /// <summary>The connection to a peer is lost.</summary>
    public void OnPeerLost(TunnelSide peer)
    {
        Tunnel.OnPeerLost(peer);
        End();
    }

    /// <summary>A leg's socket was closed after the tunnel was over.</summary>
    public void OnSocketClosed()
    {
        if (_client.IsClosed && _node.IsClosed)
        {
            _closeTimer?.Dispose();
        }
    }

    private void End()
    {
        if (_isOver)
        {
            return;
        }

        _isOver = true;
        _client.CloseAfterFlush();
        _node.CloseAfterFlush();
        if (!_client.IsClosed || !_node.IsClosed)
        {
            _closeTimer = Loop.Time.CreateTimer(
                static tunnel => CallbackState.Of<NativeTunnel>(tunnel).OnCloseTimeout(),
                this,
                Tunnel.CloseTimeout,
                Timeout.InfiniteTimeSpan);
        }

        _onOver(Tunnel);
    }

    private void OnCloseTimeout() => Loop.Post(
        static tunnel =>
        {
            ((NativeTunnel)tunnel)._client.Reset();
            ((NativeTunnel)tunnel)._node.Reset();
        },
        this);

    private sealed record Unread(DetachedSocket Client, DetachedSocket Node);
}
