using WsBalancer.Proxy.Sockets.Linux;

namespace WsBalancer.Proxy.Sockets.Uring;

internal sealed unsafe partial class UringSocket
{
    private Backlog? _backlog;

    public override void Receive()
    {
        if (!Is(UringState.Receiving | UringState.Failed) && !IsClosed)
        {
            _state |= UringState.Receiving;
            if (_backlog is not null || Is(UringState.Ended))
            {
                CallAgain();
            }
            else
            {
                Ask(UringConstants.PollFirst);
            }
        }
    }

    // Most pauses are over before more comes: the request is cancelled when it does.
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

        if (IsClosed || Is(UringState.Failed))
        {
            return;
        }

        if (completion.Result > 0)
        {
            OnBytes(completion);
        }
        else if (completion.Result == 0)
        {
            _state |= UringState.Ended;
            TellEnd();
        }
        else if (completion.Result == -Errno.NoBufferSpace)
        {
            _state |= UringState.Starved;
            loop.Starve(this);
        }
        else if (completion.Result is not (-Errno.Cancelled or -Errno.TryAgain or -Errno.Interrupted))
        {
            Fail(-completion.Result);
        }

        AskForMore();
    }

    private void OnBytes(in CompletionEntry completion)
    {
        var bytes = loop.Lend(completion);
        if (Is(UringState.Receiving) && _backlog is null)
        {
            Handler.Received(bytes);
            return;
        }

        _backlog ??= new Backlog();
        _backlog.Add(bytes);
        if (!Is(UringState.Receiving))
        {
            CancelReceive();
        }
    }

    private void TellBacklog()
    {
        while (_backlog is not null && Is(UringState.Receiving) && !Is(UringState.Failed) && !IsClosed)
        {
            Handler.Received(_backlog.Take());
            if (_backlog is { IsEmpty: true })
            {
                _backlog.Free();
                _backlog = null;
            }
        }

        TellEnd();
    }

    private void TellEnd()
    {
        if (Is(UringState.Ended) && Is(UringState.Receiving) && _backlog is null
            && !Is(UringState.EndTold | UringState.Failed) && !IsClosed)
        {
            _state |= UringState.EndTold;
            Handler.Ended();
        }
    }

    // What is under way is to be as the state says: a receive, or, while there is none, a watch over the connection.
    private void AskForMore()
    {
        if (IsClosed || Is(UringState.Failed | UringState.Connecting | UringState.ReceiveAsked | UringState.Starved))
        {
            return;
        }

        if (Is(UringState.Receiving) && _backlog is null && !Is(UringState.Ended))
        {
            Ask(0);
        }
        else if (!Is(UringState.WatchAsked | UringState.HungUp))
        {
            // POLLERR and POLLHUP are told without being asked for.
            _ = loop.Request(UringConstants.PollAdd, Request.Watch, Number, Descriptor);
            _state |= UringState.WatchAsked;
        }
    }

    private void Ask(ushort options)
    {
        if (!Is(UringState.Connecting | UringState.ReceiveAsked | UringState.Starved))
        {
            var entry = loop.Request(UringConstants.Receive, Request.Receive, Number, Descriptor);
            entry->Flags = UringConstants.SelectBuffer;
            entry->Options = (ushort)(UringConstants.ReceiveMany | options);
            entry->BufferGroup = BufferRing.Group;
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
