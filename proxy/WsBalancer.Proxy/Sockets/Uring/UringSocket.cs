using WsBalancer.Proxy.Sockets.Linux;
using WsBalancer.Proxy.Sockets.Loops;

namespace WsBalancer.Proxy.Sockets.Uring;

/// <summary>A socket on a <see cref="UringLoop"/>.</summary>
/// <remarks>
/// A pending request holds the socket's file: close(2) would not end the connection then, and would free the
/// descriptor's number for another file while the request still uses it. So the requests are cancelled first. When the
/// last of them has completed, the descriptor is closed, and the number in the loop's table is freed.
/// </remarks>
internal sealed unsafe partial class UringSocket(UringLoop loop, int descriptor, ISocketHandler handler)
    : LoopSocket(loop, descriptor, handler), IUringTarget
{
    private UringState _state;

    public ulong Number { get; set; }

    public override bool IsReleasable => InFlight == 0 && _backlog.IsEmpty
        && !Is(UringState.ReceiveAsked | UringState.Failing | UringState.Broken);

    /// <summary>Makes the first requests. Must be called after <see cref="Number"/> is set.</summary>
    public void Begin(bool connecting)
    {
        if (connecting)
        {
            _state = UringState.Connecting | UringState.Short;
            AskRoom();
        }
        else
        {
            // The next call makes the requests: a receive, if the handler receives by then, and always a poll for
            // failures.
            CallAgain();
        }
    }

    public override void ShutdownSend()
    {
        _state |= UringState.Finishing;
        FinishIfSent();
    }

    public override void Close()
    {
        if (!IsClosed)
        {
            Leave();
        }
    }

    public override void BeginRelease()
    {
        if (!IsClosed)
        {
            _state |= UringState.Leaving;
            CancelReceive();
            CallAgain();
        }
    }

    public override void StayOn()
    {
        _state &= ~UringState.Leaving;
        AskForMore();
    }

    public override byte[] Release()
    {
        ThrowUnlessReleasable();
        var unsent = TakeKept();
        _state |= UringState.Released;
        Leave();
        return unsent;
    }

    void IUringTarget.On(Request request, in CompletionEntry completion)
    {
        switch (request)
        {
            case Request.Receive:
                OnReceived(completion);
                break;
            case Request.Send:
                OnSentShort(completion.Result);
                break;
            case Request.Room:
                OnRoom(completion);
                break;
            case Request.Cancel:
                OnNotCancelled();
                break;
            default:
                OnWatched(completion.Result, goesOn: (completion.Flags & UringConstants.More) != 0);
                break;
        }

        if (IsClosed)
        {
            LeaveIfOver();
        }
    }

    void IUringTarget.Again()
    {
        _state &= ~UringState.Again;
        if (IsClosed)
        {
            LeaveIfOver();
        }
        else if (InFlight > 0 || (Is(UringState.Broken) && loop.HasCompletions))
        {
            // Some sends are not submitted yet, or some completions from before the failure are not handled yet.
            CallAgain();
        }
        else if (Is(UringState.Broken))
        {
            DeliverRemaining();
            Fail();
        }
        else
        {
            SendOn();
            TellBacklog();
            AskForMore();
        }
    }

    void IUringTarget.Drop() => Reset();

    void IUringTarget.Abandon() => GiveUpDescriptor();

    private bool Is(UringState state) => (_state & state) != 0;

    private void CallAgain()
    {
        if (!Is(UringState.Again))
        {
            _state |= UringState.Again;
            loop.Schedule(this);
        }
    }

    private void CancelAll()
    {
        CancelReceive();
        CancelIf(UringState.RoomAsked, Request.Room);
        CancelIf(UringState.WatchAsked, Request.Watch);
    }

    private void OnNotCancelled()
    {
        _state &= ~UringState.ReceiveEnding;
        if (IsClosed)
        {
            CancelAll();
        }
        else if (Is(UringState.Failing | UringState.Leaving))
        {
            CancelReceive();
        }
    }

    private void CancelIf(UringState asked, Request request)
    {
        if (Is(asked))
        {
            loop.Cancel(request, Number);
        }
    }

    private void Leave()
    {
        IsClosed = true;
        _state |= UringState.Over;
        DropKept();
        _backlog.Clear(Loop.Store);
        loop.CountClosing();
        CancelAll();
        LeaveIfOver();
    }

    private void LeaveIfOver()
    {
        if (InFlight > 0)
        {
            CallAgain();
        }
        else if (!Is(UringState.ReceiveAsked | UringState.RoomAsked | UringState.WatchAsked | UringState.Again
            | UringState.Starved | UringState.Gone))
        {
            _state |= UringState.Gone;
            GiveUpDescriptor();
            loop.Forget(Number);
        }
    }

    private void GiveUpDescriptor()
    {
        if (!Is(UringState.Released))
        {
            _ = Kernel.Close(Descriptor);
        }
    }

    private void OnWatched(int events, bool goesOn)
    {
        if (!goesOn)
        {
            // The poll has ended: it was cancelled, or the kernel has nothing more to report.
            _state = (_state & ~UringState.WatchAsked) | UringState.HungUp;
        }

        var failed = events < 0 ? events != -Errno.Cancelled : (events & UringConstants.PollError) != 0;
        if (!failed || Is(UringState.Broken | UringState.Over))
        {
            return;
        }

        if (Is(UringState.ReceiveAsked))
        {
            // Bytes from before the failure are delivered first. The pending receive completes with the error or as
            // cancelled.
            _state |= UringState.Failing;
            CancelReceive();
        }
        else
        {
            Break(events < 0 ? -events : TakeError());
        }
    }

    // The handler is notified at the end of this turn or the next one, never from inside a call to the socket.
    protected override void Break(int error)
    {
        Failure = error;
        _state |= UringState.Broken;
        DropKept();
        CallAgain();
    }

    private void Fail()
    {
        if (!Is(UringState.Over))
        {
            _state |= UringState.Over;
            NotifyFailure(Failure != 0 ? Failure : Errno.ConnectionReset);
        }
    }
}
