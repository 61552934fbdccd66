using System.Diagnostics;
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
    private LifeState _life;

    // A poll for errors is pending.
    private bool _isWatchPending;

    // The release has begun: no more bytes are requested, and bytes that are still received are delivered.
    private bool _isReleasing;

    // The loop will call the socket again without a completion.
    private bool _isScheduled;

    public ulong Number { get; set; }

    public override bool IsReleasable =>
        InFlight == 0 && _backlog.IsEmpty && !IsReceivePending && !_isFailureDeferred && IsAlive;

    // Neither failed nor closed.
    private bool IsAlive => _life < LifeState.Failed;

    private bool HasEventsEnded => _life >= LifeState.FailureDelivered;

    /// <summary>Makes the first requests. Must be called after <see cref="Number"/> is set.</summary>
    public void Begin(bool connecting)
    {
        if (connecting)
        {
            _send = SendState.Connecting;
            _notifyWritable = true;
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
        _isShutdownPending = true;
        ShutdownIfSent();
    }

    public override void Close()
    {
        if (!IsClosed)
        {
            BeginClose(LifeState.Closing);
        }
    }

    public override void BeginRelease()
    {
        if (!IsClosed)
        {
            _isReleasing = true;
            CancelReceive();
            ScheduleCall();
        }
    }

    public override void CancelRelease()
    {
        _isReleasing = false;
        RequestEvents();
    }

    public override byte[] Release()
    {
        ThrowUnlessReleasable();
        var unsent = TakeKept();
        BeginClose(LifeState.Released);
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
        _isScheduled = false;
        if (IsClosed)
        {
            CloseIfIdle();
        }
        else if (IsAlive)
        {
            ResumeSending();
            DeliverBacklog();
            RequestEvents();
        }
        else if (InFlight > 0 || loop.HasCompletions)
        {
            // Some sends are not submitted yet, or some completions from before the failure are not handled yet.
            ScheduleCall();
        }
        else
        {
            DeliverRemaining();
            Fail();
        }
    }

    void IUringTarget.OnHandlerFailed() => Reset();

    void IUringTarget.OnLoopEnded() => CloseDescriptor();

    private void ScheduleCall()
    {
        if (!_isScheduled)
        {
            _isScheduled = true;
            loop.Schedule(this);
        }
    }

    private void CancelAll()
    {
        CancelReceive();
        CancelIf(IsRoomPending, RequestKind.Room);
        CancelIf(_isWatchPending, RequestKind.Watch);
    }

    private void OnNotCancelled()
    {
        if (_receive == ReceiveState.Cancelling)
        {
            _receive = ReceiveState.Pending;
        }

        if (IsClosed)
        {
            CancelAll();
        }
        else if (_isFailureDeferred || _isReleasing)
        {
            CancelReceive();
        }
    }

    private void CancelIf(bool isPending, RequestKind request)
    {
        if (isPending)
        {
            loop.Cancel(request, Number);
        }
    }

    private void BeginClose(LifeState end)
    {
        Debug.Assert(_life < LifeState.Closing, "A socket is closed once.");
        Debug.Assert(end == LifeState.Closing || IsAlive, "A socket that has failed is not released.");
        IsClosed = true;
        _life = end;
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
        else if (!IsReceivePending && !IsRoomPending && !_isWatchPending && !_isScheduled
            && _receive != ReceiveState.AwaitsBuffers && _life != LifeState.Removed)
        {
            CloseDescriptor();
            _life = LifeState.Removed;
            loop.Remove(Number);
        }
    }

    private void CloseDescriptor()
    {
        if (_life != LifeState.Released)
        {
            _ = Kernel.Close(Descriptor);
        }
    }

    private void OnWatched(int events, bool isPending)
    {
        Debug.Assert(_isWatchPending, "A poll that is not pending does not complete.");
        _isWatchPending = isPending;
        if (!IsAlive)
        {
            return;
        }

        if (events < 0 ? events == -Errno.Cancelled : (events & UringConstants.PollError) == 0)
        {
            // The kernel ends a multishot request without a failure if the completion queue is full.
            RequestEvents();
        }
        else if (IsReceivePending)
        {
            // Bytes from before the failure are delivered first. The pending receive completes with the error or as
            // cancelled.
            _isFailureDeferred = true;
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
        Debug.Assert(!HasEventsEnded, "No failure follows the end of the events.");
        Failure = error;
        _life = LifeState.Failed;
        DropKept();
        ScheduleCall();
    }

    private void Fail()
    {
        if (!HasEventsEnded)
        {
            _life = LifeState.FailureDelivered;
            NotifyFailure(Failure != 0 ? Failure : Errno.ConnectionReset);
        }
    }
}
