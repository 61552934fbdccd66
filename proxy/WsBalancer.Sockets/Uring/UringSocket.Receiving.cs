using WsBalancer.Sockets.Linux;
using WsBalancer.Sockets.Loops;

namespace WsBalancer.Sockets.Uring;

internal sealed unsafe partial class UringSocket
{
    // Bytes received while the socket was paused: at most those of one request, because each request has a limit.
    private ByteQueue _backlog;

    public override int BufferedBytes => base.BufferedBytes + _backlog.Length;

    public override void Receive()
    {
        if (!Is(UringState.Receiving | UringState.Failed | UringState.EventsEnded))
        {
            _state |= UringState.Receiving;
            if (!_backlog.IsEmpty || Is(UringState.EofReceived))
            {
                ScheduleCall();
            }
            else
            {
                RequestReceive(UringConstants.PollFirst);
            }
        }
    }

    // A pending request is not cancelled: it delivers no more than its limit, which the backlog holds.
    public override void Pause() => _state &= ~UringState.Receiving;

    /// <summary>Requests bytes again, because the loop has buffers.</summary>
    public void OnBuffersAvailable()
    {
        _state &= ~UringState.AwaitsBuffers;
        if (IsClosed)
        {
            CloseIfIdle();
        }
        else
        {
            RequestEvents();
        }
    }

    private void OnReceived(in CompletionEntry completion)
    {
        if ((completion.Flags & UringConstants.More) == 0)
        {
            _state &= ~(UringState.ReceivePending | UringState.ReceiveCancelling);
        }

        if (completion.Result > 0)
        {
            OnBytes(completion);
        }
        else if (!Is(UringState.Failed | UringState.EventsEnded))
        {
            OnNoBytes(-completion.Result);
        }

        RequestEvents();
    }

    private void OnNoBytes(int error)
    {
        if (Is(UringState.FailureDeferred) && error is (0 or Errno.NoBufferSpace or Errno.Cancelled or Errno.TryAgain))
        {
            ScheduleFailure(TakeError());
            return;
        }

        switch (error)
        {
            case 0:
                _state |= UringState.EofReceived;
                DeliverEof();
                break;
            case Errno.NoBufferSpace:
                _state |= UringState.AwaitsBuffers;
                loop.WaitForBuffers(this);
                break;
            case Errno.Cancelled or Errno.TryAgain or Errno.Interrupted:
                break;
            default:
                ScheduleFailure(error);
                break;
        }
    }

    private void OnBytes(in CompletionEntry completion)
    {
        if (Is(UringState.EventsEnded))
        {
            return;
        }

        var bytes = loop.Lend(completion);
        if (Is(UringState.Receiving | UringState.Releasing) && _backlog.IsEmpty)
        {
            Handler.OnReceived(bytes);
            return;
        }

        if (!_backlog.TryAdd(Loop.Store, bytes))
        {
            ScheduleFailure(Errno.NoBufferSpace);
        }
    }

    private void DeliverBacklog()
    {
        if (!_backlog.IsEmpty)
        {
            Span<byte> buffer = stackalloc byte[EventLoop.LargestReceive];
            while (!_backlog.IsEmpty && Is(UringState.Receiving | UringState.Releasing) && !Is(UringState.EventsEnded))
            {
                var length = _backlog.Take(Loop.Store, buffer);
                Handler.OnReceived(buffer[..length]);
            }
        }

        DeliverEof();
    }

    private void DeliverEof()
    {
        if (Is(UringState.EofReceived) && Is(UringState.Receiving) && _backlog.IsEmpty
            && !Is(UringState.EofDelivered | UringState.Failed | UringState.EventsEnded))
        {
            _state |= UringState.EofDelivered;
            Handler.OnEof();
        }
    }

    // Delivers the bytes that arrived before the connection failed: those in the backlog, then those in the kernel, for
    // which no request is pending, or one that completes too late.
    private void DeliverRemaining()
    {
        DeliverBacklog();
        Span<byte> buffer = stackalloc byte[EventLoop.LargestReceive];
        while (Is(UringState.Receiving) && !Is(UringState.EofReceived | UringState.EventsEnded))
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
    private void RequestEvents()
    {
        if (Is(UringState.EventsEnded | UringState.Failed | UringState.Connecting))
        {
            return;
        }

        if (Is(UringState.Receiving) && _backlog.IsEmpty && !Is(UringState.EofReceived))
        {
            RequestReceive(0);
        }

        if (!Is(UringState.WatchPending | UringState.WatchEnded))
        {
            // POLLERR and POLLHUP are always reported, but so is FIN: the poll is multishot to continue after that.
            var entry = loop.Request(UringConstants.PollAdd, RequestKind.Watch, Number, Descriptor);
            entry->Length = UringConstants.PollMany;
            _state |= UringState.WatchPending;
        }
    }

    private void RequestReceive(ushort options)
    {
        if (!Is(UringState.Connecting | UringState.ReceivePending | UringState.AwaitsBuffers | UringState.Releasing))
        {
            var entry = loop.Request(UringConstants.Receive, RequestKind.Receive, Number, Descriptor);
            entry->Flags = UringConstants.SelectBuffer;
            var limit = loop.Sizes.ReceiveLimit;
            entry->Options = (ushort)(options | (limit > 0 ? UringConstants.ReceiveMany : 0));
            entry->BufferGroup = BufferRing.Group;
            entry->ReceiveLimit = (uint)limit;
            _state |= UringState.ReceivePending;
        }
    }

    private void CancelReceive()
    {
        if (Is(UringState.ReceivePending) && !Is(UringState.ReceiveCancelling))
        {
            _state |= UringState.ReceiveCancelling;
            loop.Cancel(RequestKind.Receive, Number);
        }
    }
}
