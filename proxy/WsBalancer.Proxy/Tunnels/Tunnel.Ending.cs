using System.Security.Cryptography;
using WsBalancer.Proxy.Framing;
using WsBalancer.Sockets;

namespace WsBalancer.Proxy.Tunnels;

internal sealed partial class Tunnel
{
    // After the close timeout the node receives a Close frame, and has this time to respond.
    private static readonly TimeSpan NodeCloseTimeout = TimeSpan.FromSeconds(1);

    // The status code of the balancer's own Close frame; 0 before it.
    private ushort _closeCode;

    [Flags]
    private enum Sides : byte
    {
        None = 0,
        Client = 1,
        Node = 2,
        Both = Client | Node,
    }

    /// <summary>The status code of the Close frame with which the end began; null without one.</summary>
    public int? EndCode => EndReason switch
    {
        TunnelEnd.Client => Flow.Node.CloseCode,
        TunnelEnd.Node => Flow.Client.CloseCode,
        _ => _closeCode == 0 ? null : _closeCode,
    };

    /// <summary>Records the reason of the end before a Close frame of a side is forwarded.</summary>
    public void OnCloseFrame(TunnelSide side)
    {
        lock (_gate)
        {
            _end ??= side == TunnelSide.Client ? TunnelEnd.Client : TunnelEnd.Node;
        }
    }

    /// <summary>
    /// A complete Close frame of a side was received, and forwarded unless a Close frame of the balancer replaces it.
    /// After the Close frames of both sides the tunnel ends at once, before either peer closes its connection.
    /// </summary>
    public void OnPeerClosed(TunnelSide side)
    {
        bool isOver;
        lock (_gate)
        {
            _closed |= SideOf(side);
            isOver = IsDone(side);
        }

        if (isOver)
        {
            Abort(side == TunnelSide.Client ? TunnelEnd.Client : TunnelEnd.Node);
        }
    }

    /// <summary>A side has sent FIN, and all bytes before were forwarded.</summary>
    /// <remarks>
    /// <para>After a Close frame, the bytes of the other side are still forwarded. The client's FIN is not forwarded to
    /// the node before the end of the node's bytes: many servers read FIN as a lost connection, and drop their
    /// response. The node's FIN is forwarded at once if the client's leg supports that.</para>
    /// <para>Without a Close frame, the FIN of a client is forwarded to the node, whose bytes are still forwarded to
    /// the client. The FIN of a node without a Close frame ends the tunnel.</para>
    /// <para>In each case the close timeout limits the rest.</para>
    /// </remarks>
    public void OnPeerEof(TunnelSide side)
    {
        var isClient = side == TunnelSide.Client;
        var end = isClient ? TunnelEnd.ClientLost : TunnelEnd.NodeLost;
        bool isOver, hasClosed;
        lock (_gate)
        {
            _end ??= end;
            hasClosed = _closed.HasFlag(SideOf(side));

            // To a client that ends without a response to the balancer's Close frame, nothing more is forwarded.
            var isWaitedFor = hasClosed || (isClient && (_deadline is null || Forced));
            isOver = IsDone(side) || !isWaitedFor;
            hasClosed |= Forced;
        }

        if (isOver || !ForwardFin(isClient, hasClosed))
        {
            Abort(end);
        }
        else
        {
            EndWithinCloseTimeout(end);
        }
    }

    /// <summary>The connection of a side is lost.</summary>
    public void OnPeerLost(TunnelSide side) =>
        Abort(side == TunnelSide.Client ? TunnelEnd.ClientLost : TunnelEnd.NodeLost);

    /// <summary>
    /// Begins to close the tunnel. Only the first call counts; the tunnel ends within the close timeout.
    /// </summary>
    /// <param name="end">The reason that is counted.</param>
    /// <param name="code">A code that endpoints may send (<see cref="CloseCode.MayBeSent"/>).</param>
    /// <param name="reason">The text for the client, at most 123 bytes.</param>
    /// <returns>Whether this call began the closing.</returns>
    public bool Close(TunnelEnd end, int code, string reason)
    {
        lock (_gate)
        {
            if (_ended || _isAborted || _deadline is not null)
            {
                return false;
            }

            _end ??= end;
            _closeCode = (ushort)code;
            _deadline = _time.CreateTimer(
                static tunnel => CallbackState.Of<Tunnel>(tunnel).OnCloseTimeout(),
                this,
                _options.CloseTimeout,
                Timeout.InfiniteTimeSpan);
        }

        SendClose(Flow.Client, CloseFrame.Create(code, reason, mask: null));
        return true;
    }

    /// <summary>Ends the tunnel at once, without a Close frame.</summary>
    public void Abort(TunnelEnd end)
    {
        lock (_gate)
        {
            if (_ended || _isAborted)
            {
                return;
            }

            _end ??= end;
            _isAborted = true;
        }

        Flow.Abort();
    }

    /// <summary>Ends the tunnel at once: unsent bytes are dropped, and both connections reset.</summary>
    public void Reset(TunnelEnd end)
    {
        Flow.Client.Discard();
        Flow.Node.Discard();
        Abort(end);
    }

    /// <summary>
    /// Ends the tunnel if one of its peers has not taken anything for longer than the send timeout; or for longer than
    /// the close timeout while the other peer, whose bytes wait, has ended its connection. Must be called by
    /// <see cref="ITunnelFlow.Run"/>.
    /// </summary>
    /// <returns>Whether this call began the end.</returns>
    public bool EndIfStalled() =>
        EndIfStalled(Flow.Node, Flow.Client, TunnelSide.Client)
        || EndIfStalled(Flow.Client, Flow.Node, TunnelSide.Node);

    /// <summary>
    /// The client's connection is lost. Bytes of the client may still be forwarded to the node, so the tunnel is
    /// aborted only if the client's FIN was forwarded before, or after the close timeout. The loss of a client whose
    /// leg is discarded has no effect.
    /// </summary>
    public void OnClientDisconnected()
    {
        bool isOver;
        lock (_gate)
        {
            isOver = !Forced && _done.HasFlag(Sides.Client) && !_closed.HasFlag(Sides.Client);
        }

        if (isOver)
        {
            Abort(TunnelEnd.ClientLost);
        }
        else
        {
            EndWithinCloseTimeout(TunnelEnd.ClientLost);
        }
    }

    private bool EndIfStalled(ITunnelLeg leg, ITunnelLeg other, TunnelSide otherSide)
    {
        var stalled = leg.SendStalledFor;
        if (stalled > _options.SendTimeout)
        {
            return Close(TunnelEnd.SendTimeout, CloseCode.GoingAway, "send timeout");
        }

        if (stalled <= CloseTimeout || IsClosing || !other.HasPeerEnded)
        {
            return false;
        }

        OnPeerLost(otherSide);
        return true;
    }

    private void EndWithinCloseTimeout(TunnelEnd end)
    {
        lock (_gate)
        {
            _end ??= end;
            if (!_ended)
            {
                _deadline ??= _time.CreateTimer(
                    static tunnel => CallbackState.Of<Tunnel>(tunnel).Abort(TunnelEnd.ClientLost),
                    this,
                    _options.CloseTimeout,
                    Timeout.InfiniteTimeSpan);
            }
        }
    }

    // The close timeout is over. If the client has responded, only the node has not.
    private void OnCloseTimeout()
    {
        var closesNode = false;
        lock (_gate)
        {
            if (_ended)
            {
                return;
            }

            if (!Forced && !Flow.Node.CloseWritten)
            {
                // From now on only the Close of the node is pending.
                Forced = closesNode = true;
                _done |= Sides.Client;
                _deadline!.Change(NodeCloseTimeout, Timeout.InfiniteTimeSpan);
            }
        }

        if (closesNode)
        {
            var mask = (uint)RandomNumberGenerator.GetInt32(int.MaxValue);
            SendClose(Flow.Node, CloseFrame.Create(CloseCode.GoingAway, "", mask));
            Flow.Client.Discard();
        }
        else
        {
            Abort(TunnelEnd.Error);
        }
    }

    private void SendClose(ITunnelLeg leg, byte[] closeFrame) => _ = SendCloseAsync(leg, closeFrame);

    // The task is not awaited: a leg that cannot be written to has ended or is being aborted, which its flow reports.
    private async Task SendCloseAsync(ITunnelLeg leg, byte[] closeFrame)
    {
        try
        {
            await leg.SendCloseAsync(closeFrame);
        }
        catch (Exception ex) when (PeerLoss.Is(ex, default) || ex is InvalidOperationException)
        {
            Abort(TunnelEnd.Error);
        }
    }

    private static Sides SideOf(TunnelSide side) => side == TunnelSide.Client ? Sides.Client : Sides.Node;

    // The caller holds the lock.
    private bool IsDone(TunnelSide side) => (_done |= SideOf(side)) == Sides.Both;

    /// <returns>False if the FIN must be forwarded, but the connection cannot be closed in one direction.</returns>
    private bool ForwardFin(bool isClients, bool isAfterClose)
    {
        if (isClients)
        {
            return isAfterClose || Flow.Node.ShutdownOutput();
        }

        _ = Flow.Client.ShutdownOutput();
        return true;
    }
}
