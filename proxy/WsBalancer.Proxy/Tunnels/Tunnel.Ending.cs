using System.Security.Cryptography;
using WsBalancer.Proxy.Framing;

namespace WsBalancer.Proxy.Tunnels;

internal sealed partial class Tunnel
{
    // After the timeout the node still gets its own Close frame, and time to answer; it must not hold the cut up.
    private static readonly TimeSpan LastWord = TimeSpan.FromSeconds(1);

    [Flags]
    private enum Sides : byte
    {
        None = 0,
        Client = 1,
        Node = 2,
        Both = Client | Node,
    }

    /// <summary>A Close frame of a side is about to be passed on.</summary>
    public void SaysGoodbye(TunnelSide side)
    {
        lock (_gate)
        {
            _end ??= side == TunnelSide.Client ? TunnelEnd.Client : TunnelEnd.Node;
        }
    }

    /// <summary>
    /// A whole Close frame of a side was received, and was passed on unless a Close frame of ours stands in its place.
    /// Once both sides have sent theirs, the tunnel ends at once: neither peer is waited for to close its connection.
    /// </summary>
    public void Closed(TunnelSide side)
    {
        bool isOver;
        lock (_gate)
        {
            _closed |= SideOf(side);
            isOver = IsDone(side);
        }

        if (isOver)
        {
            Cut(side == TunnelSide.Client ? TunnelEnd.Client : TunnelEnd.Node);
        }
    }

    /// <summary>A side has sent FIN, and everything it had sent before was passed on.</summary>
    /// <remarks>
    /// <para>After its Close frame, the client is still sent what the node answers, and the node what the client
    /// answers. The client's FIN is kept from the node until then: many servers take FIN as a lost connection, and drop
    /// their answer. The node's FIN is passed on at once if the client's leg can.</para>
    /// <para>Without a Close frame, a client has only said that it sends nothing more: FIN is passed on to the node,
    /// whose data goes on to the client. A node that ends so is lost, and the tunnel is over.</para>
    /// <para>All of this for as long as the close timeout.</para>
    /// </remarks>
    public void Ended(TunnelSide side)
    {
        var isClient = side == TunnelSide.Client;
        var end = isClient ? TunnelEnd.ClientLost : TunnelEnd.NodeLost;
        bool isOver, hasClosed;
        lock (_gate)
        {
            _end ??= end;
            hasClosed = _closed.HasFlag(SideOf(side));

            // A client that leaves without an answer to our Close frame is sent nothing of the node any more.
            var isWaitedFor = hasClosed || (isClient && (_deadline is null || Forced));
            isOver = IsDone(side) || !isWaitedFor;
            hasClosed |= Forced;
        }

        if (isOver || !PassFinOn(isClient, hasClosed))
        {
            Cut(end);
        }
        else
        {
            EndSoon(end);
        }
    }

    /// <summary>A side's connection is gone.</summary>
    public void Lost(TunnelSide side) => Cut(side == TunnelSide.Client ? TunnelEnd.ClientLost : TunnelEnd.NodeLost);

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

        Speak(Flow!.Client, CloseFrame.Create(code, reason, mask: null));
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

        Flow!.Cut();
    }

    /// <summary>
    /// The client's connection is gone. Whatever it had sent is still on its way to the node, so the tunnel is cut only
    /// if the client's FIN was passed on before, or when that takes longer than the close timeout. A client that was
    /// given up may go.
    /// </summary>
    public void ClientGone()
    {
        bool isOver;
        lock (_gate)
        {
            isOver = !Forced && _done.HasFlag(Sides.Client) && !_closed.HasFlag(Sides.Client);
        }

        if (isOver)
        {
            Cut(TunnelEnd.ClientLost);
        }
        else
        {
            EndSoon(TunnelEnd.ClientLost);
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

            if (!Forced && !Flow!.Node.CloseWritten)
            {
                // From here on only the node is waited for.
                Forced = lastWord = true;
                _done |= Sides.Client;
                _deadline!.Change(LastWord, Timeout.InfiniteTimeSpan);
            }
        }

        if (lastWord)
        {
            var mask = (uint)RandomNumberGenerator.GetInt32(int.MaxValue);
            Speak(Flow!.Node, CloseFrame.Create(CloseCode.GoingAway, "", mask));
            Flow.Client.Abandon();
        }
        else
        {
            Cut(TunnelEnd.Error);
        }
    }

    private void Speak(ITunnelLeg leg, byte[] closeFrame) => _ = SpeakAsync(leg, closeFrame);

    // Nobody awaits this: a leg that cannot be written to has ended or is being cut, which its flow reports.
    private async Task SpeakAsync(ITunnelLeg leg, byte[] closeFrame)
    {
        try
        {
            await leg.CloseAsync(closeFrame);
        }
        catch (Exception ex) when (ex is IOException or OperationCanceledException or InvalidOperationException)
        {
            Cut(TunnelEnd.Error);
        }
    }

    private static Sides SideOf(TunnelSide side) => side == TunnelSide.Client ? Sides.Client : Sides.Node;

    // With the gate held.
    private bool IsDone(TunnelSide side) => (_done |= SideOf(side)) == Sides.Both;

    /// <returns>Whether the other peer knows all that it must.</returns>
    private bool PassFinOn(bool isClients, bool isAfterClose)
    {
        if (isClients)
        {
            return isAfterClose || Flow!.Node.ShutdownOutput();
        }

        _ = Flow!.Client.ShutdownOutput();
        return true;
    }
}
