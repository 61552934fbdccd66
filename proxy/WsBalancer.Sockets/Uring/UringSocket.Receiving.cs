using System.Diagnostics;
using WsBalancer.Sockets.Linux;
using WsBalancer.Sockets.Loops;

namespace WsBalancer.Sockets.Uring;

internal sealed unsafe partial class UringSocket
{
    // Bytes received while the socket was paused: at most those of one request, because each request has a limit.
    private ByteQueue _backlog;
    private ReceiveState _receive;

    // Received bytes and FIN are delivered to the handler.
    private bool _isReceiving;

    // The connection has failed; the failure is delivered after the request to receive has completed.
    private bool _isFailureDeferred;

    public override int BufferedBytes => base.BufferedBytes + _backlog.Length;

    private bool IsReceivePending => _receive is ReceiveState.Pending or ReceiveState.Cancelling;

    private bool IsEofReceived => _receive >= ReceiveState.EofReceived;

    public override void Receive()
    {
        if (!_isReceiving && IsAlive)
        {
            _isReceiving = true;
            if (!_backlog.IsEmpty || IsEofReceived)
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
    public override void Pause() => _isReceiving = false;

    /// <summary>Requests bytes again, because the loop has buffers.</summary>
    public void OnBuffersAvailable()
    {
        Debug.Assert(_receive == ReceiveState.AwaitsBuffers, "Only a socket that waits is notified of buffers.");
        _receive = ReceiveState.Idle;
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
        Debug.Assert(IsReceivePending, "A receive that is not pending does not complete.");
        if ((completion.Flags & UringConstants.More) == 0)
        {
            _receive = ReceiveState.Idle;
        }

        if (completion.Result > 0)
        {
            OnBytes(completion);
        }
        else if (IsAlive)
        {
            OnNoBytes(-completion.Result);
        }

        if (_isFailureDeferred && IsAlive && !IsReceivePending)
        {
            ScheduleFailure(TakeError());
        }

        RequestEvents();
    }

    private void OnNoBytes(int error)
    {
        Debug.Assert(_receive == ReceiveState.Idle, "A receive without bytes has ended.");
        switch (error)
        {
            case Errno.Cancelled or Errno.TryAgain or Errno.Interrupted:
            case 0 or Errno.NoBufferSpace when _isFailureDeferred:
                break;
            case 0:
                _receive = ReceiveState.EofReceived;
                DeliverEof();
                break;
            case Errno.NoBufferSpace:
                _receive = ReceiveState.AwaitsBuffers;
                loop.WaitForBuffers(this);
                break;
            default:
                ScheduleFailure(error);
                break;
        }
    }

    private void OnBytes(in CompletionEntry completion)
    {
        if (HasEventsEnded)
        {
            return;
        }

        var bytes = loop.Lend(completion);
        if ((_isReceiving || _isReleasing) && _backlog.IsEmpty)
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
            while (!_backlog.IsEmpty && (_isReceiving || _isReleasing) && !HasEventsEnded)
            {
                var length = _backlog.Take(Loop.Store, buffer);
                Handler.OnReceived(buffer[..length]);
            }
        }

        DeliverEof();
    }

    private void DeliverEof()
    {
        if (_receive == ReceiveState.EofReceived && _isReceiving && _backlog.IsEmpty && IsAlive)
        {
            _receive = ReceiveState.EofDelivered;
            Handler.OnEof();
        }
    }

    // Delivers the bytes that arrived before the connection failed: those in the backlog, then those in the kernel, for
    // which no request is pending, or one that completes too late.
    private void DeliverRemaining()
    {
        DeliverBacklog();
        Span<byte> buffer = stackalloc byte[EventLoop.LargestReceive];
        while (_isReceiving && !IsEofReceived && !HasEventsEnded)
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

    // While the handler receives from a connected socket, a receive is pending or waits for buffers, until FIN, a
    // release, a failure or the end. A poll for errors is pending until a failure or the end. A receive alone is not
    // enough: if RST arrives right behind bytes, the kernel wakes the receive once for both; the receive takes the
    // bytes, finds no more, and waits for an event that has already happened (seen on 6.18).
    private void RequestEvents()
    {
        if (!IsAlive || _send == SendState.Connecting)
        {
            return;
        }

        if (_isReceiving && _backlog.IsEmpty)
        {
            RequestReceive(0);
        }

        if (!_isWatchPending && !_isFailureDeferred)
        {
            // POLLERR and POLLHUP are always reported, but so is FIN: the poll is multishot to continue after that.
            var entry = loop.Request(UringConstants.PollAdd, RequestKind.Watch, Number, Descriptor);
            entry->Length = UringConstants.PollMany;
            _life = LifeState.Open;
            _isWatchPending = true;
        }
    }

    private void RequestReceive(ushort options)
    {
        if (_receive == ReceiveState.Idle && _send != SendState.Connecting && !_isReleasing)
        {
            var entry = loop.Request(UringConstants.Receive, RequestKind.Receive, Number, Descriptor);
            entry->Flags = UringConstants.SelectBuffer;
            var limit = loop.Sizes.ReceiveLimit;
            entry->Options = (ushort)(options | (limit > 0 ? UringConstants.ReceiveMany : 0));
            entry->BufferGroup = BufferRing.Group;
            entry->ReceiveLimit = (uint)limit;
            _receive = ReceiveState.Pending;
        }
    }

    private void CancelReceive()
    {
        if (_receive == ReceiveState.Pending)
        {
            _receive = ReceiveState.Cancelling;
            loop.Cancel(RequestKind.Receive, Number);
        }
    }
}
