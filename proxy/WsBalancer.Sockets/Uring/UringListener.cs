using WsBalancer.Sockets.Linux;
using WsBalancer.Sockets.Loops;

namespace WsBalancer.Sockets.Uring;

/// <summary>A listening socket on a <see cref="UringLoop"/>.</summary>
/// <remarks>
/// Of the requests that wait on one socket, the kernel always serves the oldest. A multishot request remains the
/// oldest, and would leave the other loops without clients. So loops that share a socket request one client at a time,
/// which puts a loop at the end of the queue again.
/// </remarks>
internal sealed unsafe class UringListener : LoopListener, IUringTarget
{
    private readonly UringLoop _loop;
    private readonly int _descriptor;
    private readonly IAcceptHandler _handler;
    private readonly ulong _number;
    private bool _accepting;
    private bool _isPending;
    private bool _closed;

    public UringListener(UringLoop loop, int descriptor, IAcceptHandler handler)
    {
        (_loop, _descriptor, _handler) = (loop, descriptor, handler);
        _number = loop.Register(this);
    }

    public override void Accept()
    {
        if (!_closed && !_accepting)
        {
            _accepting = true;
            RequestAccept();
        }
    }

    public override void Close()
    {
        if (_closed)
        {
            return;
        }

        _closed = true;
        _accepting = false;
        _loop.CountClosing();
        if (_isPending)
        {
            _loop.Cancel(RequestKind.Accept, _number);
        }
        else
        {
            _loop.Remove(_number);
        }
    }

    void IUringTarget.OnCompleted(RequestKind request, in CompletionEntry completion)
    {
        if (request == RequestKind.Cancel)
        {
            // The cancel failed: the accept has completed already or is completing, and that completion is handled on
            // its own.
            return;
        }

        _isPending = (completion.Flags & UringConstants.More) != 0;
        if (_closed)
        {
            Refuse(completion.Result);
            return;
        }

        // The next request is made before the handler is called, because the handler may close the listener.
        var isWant = IsWant(-completion.Result);
        _accepting = !isWant;
        RequestAccept();
        if (completion.Result >= 0)
        {
            _handler.Accepted(completion.Result);
        }
        else if (isWant)
        {
            _handler.AcceptFailed(-completion.Result);
        }
    }

    void IUringTarget.OnScheduled()
    {
        // A listener never schedules itself.
    }

    // A handler that failed for one client must not stop the listener.
    void IUringTarget.OnHandlerFailed()
    {
    }

    // The listening descriptor belongs to the endpoint and is shared by all loops.
    void IUringTarget.OnLoopEnded()
    {
    }

    private void RequestAccept()
    {
        if (_accepting && !_isPending)
        {
            var entry = _loop.Request(UringConstants.Accept, RequestKind.Accept, _number, _descriptor);
            entry->Options = _loop.Sizes.HasOwnListener ? UringConstants.AcceptMany : (ushort)0;
            entry->OperationFlags = SocketConstants.NonBlocking | SocketConstants.CloseOnExec;
            _isPending = true;
        }
    }

    // A client that was accepted after Close has no owner: its socket is closed.
    private void Refuse(int result)
    {
        if (result >= 0)
        {
            _ = _loop.Kernel.Close(result);
        }

        if (!_isPending)
        {
            _loop.Remove(_number);
        }
    }

    // accept(2): every other error concerns only the connection that was pending, which no longer exists.
    private static bool IsWant(int error) => error is Errno.TooManyFiles or Errno.TooManyFilesInSystem
        or Errno.NoBufferSpace or Errno.OutOfMemory or Errno.InvalidArgument;
}
