using WsBalancer.Sockets.Linux;
using WsBalancer.Sockets.Loops;

namespace WsBalancer.Sockets.Uring;

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
        && !Is(UringState.ReceivePending | UringState.FailureDeferred | UringState.Failed);

    /// <summary>Makes the first requests. Must be called after <see cref="Number"/> is set.</summary>
    public void Begin(bool connecting)
    {
        if (connecting)
        {
            _state = UringState.Connecting | UringState.NotifyWritable;
            PollForRoom();
        }
        else
        {
            // The next call makes the requests: a receive, if the handler receives by then, and always a poll for
            // failures.
            ScheduleCall();
        }
    }

    public override void ShutdownSend()
    {
        _state |= UringState.ShutdownPending;
        ShutdownIfSent();
    }

    public override void Close()
    {
        if (!IsClosed)
        {
            BeginClose();
        }
    }

    public override void BeginRelease()
    {
        if (!IsClosed)
        {
            _state |= UringState.Releasing;
            CancelReceive();
            ScheduleCall();
        }
    }

    public override void CancelRelease()
    {
        _state &= ~UringState.Releasing;
        RequestEvents();
    }

    public override byte[] Release()
    {
        ThrowUnlessReleasable();
        var unsent = TakeKept();
        _state |= UringState.Released;
        BeginClose();
        return unsent;
    }

    void IUringTarget.OnCompleted(RequestKind request, in CompletionEntry completion)
    {
        switch (request)
        {
            case RequestKind.Receive:
                OnReceived(completion);
                break;
            case RequestKind.Send:
                OnSentShort(completion.Result);
                break;
            case RequestKind.Room:
                OnRoom(completion);
                break;
            case RequestKind.Cancel:
                OnNotCancelled();
                break;
            default:
                OnWatched(completion.Result, isPending: (completion.Flags & UringConstants.More) != 0);
                break;
        }

        if (IsClosed)
        {
            CloseIfIdle();
        }
    }

    void IUringTarget.OnScheduled()
    {
        _state &= ~UringState.Scheduled;
        if (IsClosed)
        {
            CloseIfIdle();
        }
        else if (InFlight > 0 || (Is(UringState.Failed) && loop.HasCompletions))
        {
            // Some sends are not submitted yet, or some completions from before the failure are not handled yet.
            ScheduleCall();
        }
        else if (Is(UringState.Failed))
        {
            DeliverRemaining();
            Fail();
        }
        else
        {
            ResumeSending();
            DeliverBacklog();
            RequestEvents();
        }
    }

    void IUringTarget.OnHandlerFailed() => Reset();

    void IUringTarget.OnLoopEnded() => CloseDescriptor();

    private bool Is(UringState state) => (_state & state) != 0;

    private void ScheduleCall()
    {
        if (!Is(UringState.Scheduled))
        {
            _state |= UringState.Scheduled;
            loop.Schedule(this);
        }
    }

    private void CancelAll()
    {
        CancelReceive();
        CancelIf(UringState.RoomPending, RequestKind.Room);
        CancelIf(UringState.WatchPending, RequestKind.Watch);
    }

    private void OnNotCancelled()
    {
        _state &= ~UringState.ReceiveCancelling;
        if (IsClosed)
        {
            CancelAll();
        }
        else if (Is(UringState.FailureDeferred | UringState.Releasing))
        {
            CancelReceive();
        }
    }

    private void CancelIf(UringState pending, RequestKind request)
    {
        if (Is(pending))
        {
            loop.Cancel(request, Number);
        }
    }

    private void BeginClose()
    {
        IsClosed = true;
        _state |= UringState.EventsEnded;
        DropKept();
        _backlog.Clear(Loop.Store);
        loop.CountClosing();
        CancelAll();
        CloseIfIdle();
    }

    private void CloseIfIdle()
    {
        if (InFlight > 0)
        {
            ScheduleCall();
        }
        else if (!Is(UringState.ReceivePending | UringState.RoomPending | UringState.WatchPending | UringState.Scheduled
            | UringState.AwaitsBuffers | UringState.DescriptorClosed))
        {
            _state |= UringState.DescriptorClosed;
            CloseDescriptor();
            loop.Remove(Number);
        }
    }

    private void CloseDescriptor()
    {
        if (!Is(UringState.Released))
        {
            _ = Kernel.Close(Descriptor);
        }
    }

    private void OnWatched(int events, bool isPending)
    {
        if (!isPending)
        {
            // The poll has ended: it was cancelled, or the kernel has nothing more to report.
            _state = (_state & ~UringState.WatchPending) | UringState.WatchEnded;
        }

        var failed = events < 0 ? events != -Errno.Cancelled : (events & UringConstants.PollError) != 0;
        if (!failed || Is(UringState.Failed | UringState.EventsEnded))
        {
            return;
        }

        if (Is(UringState.ReceivePending))
        {
            // Bytes from before the failure are delivered first. The pending receive completes with the error or as
            // cancelled.
            _state |= UringState.FailureDeferred;
            CancelReceive();
        }
        else
        {
            ScheduleFailure(events < 0 ? -events : TakeError());
        }
    }

    // The handler is notified at the end of this turn or the next one, never from inside a call to the socket.
    protected override void ScheduleFailure(int error)
    {
        Failure = error;
        _state |= UringState.Failed;
        DropKept();
        ScheduleCall();
    }

    private void Fail()
    {
        if (!Is(UringState.EventsEnded))
        {
            _state |= UringState.EventsEnded;
            NotifyFailure(Failure != 0 ? Failure : Errno.ConnectionReset);
        }
    }
}
