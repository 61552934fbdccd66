using WsBalancer.Proxy.Sockets.Linux;
using WsBalancer.Proxy.Sockets.Loops;

namespace WsBalancer.Proxy.Sockets.Uring;

/// <summary>A socket on a <see cref="UringLoop"/>.</summary>
/// <remarks>
/// A request holds the socket's file: while one is under way, close(2) would neither end the connection nor, as the
/// descriptor's number is free again, be safe. So the requests are cancelled first, and the descriptor is closed, and
/// the number in the loop's table freed, when the last of them is over.
/// </remarks>
internal sealed unsafe partial class UringSocket(UringLoop loop, int descriptor, ISocketHandler handler)
    : LoopSocket(loop, descriptor, handler), IUringTarget
{
    private UringState _state;
    private int _error;

    public ulong Number { get; set; }

    /// <summary>To be called once it has its number.</summary>
    public void Begin(bool connecting)
    {
        if (connecting)
        {
            _state = UringState.Connecting | UringState.Short;
            AskRoom();
        }
        else
        {
            // Somebody may want to receive by then; if not, a failure must be told all the same.
            CallAgain();
        }
    }

    public override void Finish()
    {
        _state |= UringState.Finishing;
        FinishIfSent();
    }

    public override void Close()
    {
        if (IsClosed)
        {
            return;
        }

        IsClosed = true;
        DropKept();
        _backlog?.Free();
        _backlog = null;
        loop.Leaves();
        CancelAll();
        LeaveIfOver();
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
                _state &= ~UringState.RoomAsked;
                OnRoom();
                break;
            case Request.Cancel:
                OnNotCancelled();
                break;
            default:
                _state &= ~UringState.WatchAsked;
                OnWatched(completion.Result);
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
        else if (Is(UringState.Failed))
        {
            Fail(_error);
        }
        else if (InFlight > 0)
        {
            // The kernel had no memory to take all requests.
            CallAgain();
        }
        else
        {
            SendOn();
            TellBacklog();
            AskForMore();
        }
    }

    void IUringTarget.Drop() => Reset();

    void IUringTarget.Abandon() => _ = LibC.Close(Descriptor);

    private bool Is(UringState state) => (_state & state) != 0;

    private void CallAgain()
    {
        if (!Is(UringState.Again))
        {
            _state |= UringState.Again;
            loop.Again(this);
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
    }

    private void CancelIf(UringState asked, Request request)
    {
        if (Is(asked))
        {
            loop.Cancel(request, Number);
        }
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
            _ = LibC.Close(Descriptor);
            loop.Forget(Number);
        }
    }

    private void OnWatched(int events)
    {
        if (IsClosed || Is(UringState.Failed) || events == -Errno.Cancelled)
        {
            return;
        }

        if (events > 0 && (events & UringConstants.PollError) == 0)
        {
            _state |= UringState.HungUp;
        }
        else if (events < 0 || !Is(UringState.ReceiveAsked))
        {
            // A receive that is under way tells its failures itself.
            Fail(events < 0 ? -events : TakeError());
        }
    }

    private void FailLater(int error)
    {
        // Told in a turn of its own, as nothing is told from inside a call.
        _error = error;
        _state |= UringState.Failed;
        DropKept();
        CallAgain();
    }

    private void Fail(int error)
    {
        if (!IsClosed && !Is(UringState.FailureTold))
        {
            _state |= UringState.Failed | UringState.FailureTold;
            DropKept();
            Handler.Failed(error == 0 ? Errno.ConnectionReset : error);
        }
    }
}
