using WsBalancer.Proxy.Sockets.Linux;
using WsBalancer.Proxy.Sockets.Loops;

namespace WsBalancer.Proxy.Sockets.Uring;

internal sealed unsafe partial class UringSocket
{
    // What was received while the socket was paused: of one receive at most, as long as a receive has a limit.
    private ByteQueue _backlog;

    public override int Buffered => base.Buffered + _backlog.Length;

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

    /// <summary>There are buffers again.</summary>
    public void Fed()
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
                TellEnd();
                break;
            case Errno.NoBufferSpace:
                _state |= UringState.Starved;
                loop.Starve(this);
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
            Handler.Received(bytes);
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
                Handler.Received(buffer[..length]);
            }
        }

        TellEnd();
    }

    private void TellEnd()
    {
        if (Is(UringState.Ended) && Is(UringState.Receiving) && _backlog.IsEmpty
            && !Is(UringState.EndTold | UringState.Broken | UringState.Over))
        {
            _state |= UringState.EndTold;
            Handler.Ended();
        }
    }

    // What came before the connection broke: told here, or waiting in the kernel, which has no request for it any more
    // or one that gets its turn too late.
    private void TellRest()
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

            Handler.Received(buffer[..received]);
        }
    }

    // What is under way is to be as the state says: a receive, if there is to be one, and always a watch over the
    // connection. A receive alone does not do: when a reset comes right behind bytes, the kernel wakes it once for
    // both, it takes the bytes, is told that there are no more, and waits for what has been already (seen on 6.18).
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
            // POLLERR and POLLHUP are told without being asked for; but so is the peer's end, and so this goes on.
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
