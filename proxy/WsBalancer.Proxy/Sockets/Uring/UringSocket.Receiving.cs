using WsBalancer.Proxy.Sockets.Linux;
using WsBalancer.Proxy.Sockets.Loops;

namespace WsBalancer.Proxy.Sockets.Uring;

internal sealed unsafe partial class UringSocket
{
    // Bytes received while the socket was paused: at most those of one request, because each request has a limit.
    private ByteQueue _backlog;

    public override int BufferedBytes => base.BufferedBytes + _backlog.Length;

    public override void Receive()
    {
        if (!Is(UringState.Receiving | UringState.Broken | UringState.Over))
        {
            _state |= UringState.Receiving;
            if (!_backlog.IsEmpty || Is(UringState.Ended))
            {
                CallAgain();
            }
            else
            {
                Ask(UringConstants.PollFirst);
            }
        }
    }

    // A pending request is not cancelled: it delivers no more than its limit, which the backlog holds.
    public override void Pause() => _state &= ~UringState.Receiving;

    /// <summary>Requests bytes again, because the loop has buffers.</summary>
    public void OnBuffersAvailable()
    {
        _state &= ~UringState.Starved;
        if (IsClosed)
        {
            LeaveIfOver();
        }
        else
        {
            AskForMore();
        }
    }

    private void OnReceived(in CompletionEntry completion)
    {
        if ((completion.Flags & UringConstants.More) == 0)
        {
            _state &= ~(UringState.ReceiveAsked | UringState.ReceiveEnding);
        }

        if (completion.Result > 0)
        {
            OnBytes(completion);
        }
        else if (!Is(UringState.Broken | UringState.Over))
        {
            OnNoBytes(-completion.Result);
        }

        AskForMore();
    }

    private void OnNoBytes(int error)
    {
        if (Is(UringState.Failing) && error is (0 or Errno.NoBufferSpace or Errno.Cancelled or Errno.TryAgain))
        {
            Break(TakeError());
            return;
        }

        switch (error)
        {
            case 0:
                _state |= UringState.Ended;
                DeliverEof();
                break;
            case Errno.NoBufferSpace:
                _state |= UringState.Starved;
                loop.WaitForBuffers(this);
                break;
            case Errno.Cancelled or Errno.TryAgain or Errno.Interrupted:
                break;
            default:
                Break(error);
                break;
        }
    }

    private void OnBytes(in CompletionEntry completion)
    {
        if (Is(UringState.Over))
        {
            return;
        }

        var bytes = loop.Lend(completion);
        if (Is(UringState.Receiving | UringState.Leaving) && _backlog.IsEmpty)
        {
            Handler.OnReceived(bytes);
            return;
        }

        if (!_backlog.TryAdd(Loop.Store, bytes))
        {
            Break(Errno.NoBufferSpace);
        }
    }

    private void TellBacklog()
    {
        if (!_backlog.IsEmpty)
        {
            Span<byte> buffer = stackalloc byte[EventLoop.LargestReceive];
            while (!_backlog.IsEmpty && Is(UringState.Receiving | UringState.Leaving) && !Is(UringState.Over))
            {
                var length = _backlog.Take(Loop.Store, buffer);
                Handler.OnReceived(buffer[..length]);
            }
        }

        DeliverEof();
    }

    private void DeliverEof()
    {
        if (Is(UringState.Ended) && Is(UringState.Receiving) && _backlog.IsEmpty
            && !Is(UringState.EndTold | UringState.Broken | UringState.Over))
        {
            _state |= UringState.EndTold;
            Handler.OnEof();
        }
    }

    // Delivers the bytes that arrived before the connection failed: those in the backlog, then those in the kernel, for
    // which no request is pending, or one that completes too late.
    private void DeliverRemaining()
    {
        TellBacklog();
        Span<byte> buffer = stackalloc byte[EventLoop.LargestReceive];
        while (Is(UringState.Receiving) && !Is(UringState.Ended | UringState.Over))
        {
            int received;
            fixed (byte* start = buffer)
            {
                received = (int)Kernel.Receive(
                    Descriptor, start, (nuint)buffer.Length, SocketConstants.DoNotWait);
            }

            if (received <= 0)
            {
                break;
            }

            Handler.OnReceived(buffer[..received]);
        }
    }

    // Invariant: a receive is pending while the handler receives, and a poll for errors is always pending. A receive
    // alone is not enough: if RST arrives right behind bytes, the kernel wakes the receive once for both; the receive
    // takes the bytes, finds no more, and waits for an event that has already happened (seen on 6.18).
    private void AskForMore()
    {
        if (Is(UringState.Over | UringState.Broken | UringState.Connecting))
        {
            return;
        }

        if (Is(UringState.Receiving) && _backlog.IsEmpty && !Is(UringState.Ended))
        {
            Ask(0);
        }

        if (!Is(UringState.WatchAsked | UringState.HungUp))
        {
            // POLLERR and POLLHUP are always reported, but so is FIN: the poll is multishot to continue after that.
            var entry = loop.Request(UringConstants.PollAdd, Request.Watch, Number, Descriptor);
            entry->Length = UringConstants.PollMany;
            _state |= UringState.WatchAsked;
        }
    }

    private void Ask(ushort options)
    {
        if (!Is(UringState.Connecting | UringState.ReceiveAsked | UringState.Starved | UringState.Leaving))
        {
            var entry = loop.Request(UringConstants.Receive, Request.Receive, Number, Descriptor);
            entry->Flags = UringConstants.SelectBuffer;
            var limit = loop.Sizes.ReceiveLimit;
            entry->Options = (ushort)(options | (limit > 0 ? UringConstants.ReceiveMany : 0));
            entry->BufferGroup = BufferRing.Group;
            entry->ReceiveLimit = (uint)limit;
            _state |= UringState.ReceiveAsked;
        }
    }

    private void CancelReceive()
    {
        if (Is(UringState.ReceiveAsked) && !Is(UringState.ReceiveEnding))
        {
            _state |= UringState.ReceiveEnding;
            loop.Cancel(Request.Receive, Number);
        }
    }
}
