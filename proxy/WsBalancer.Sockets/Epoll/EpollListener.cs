using System.Runtime.InteropServices;
using WsBalancer.Sockets.Linux;
using WsBalancer.Sockets.Loops;

namespace WsBalancer.Sockets.Epoll;

/// <summary>A listening socket on an <see cref="EpollLoop"/>.</summary>
internal sealed class EpollListener(EpollLoop loop, int descriptor, IAcceptHandler handler)
    : LoopListener, IEpollTarget
{
    // Accepts only so many clients a turn: the rest is left to other loops, and this loop's sockets do not wait long.
    private const int MaxAcceptsPerTurn = 16;

    private ulong _number;
    private bool _accepting;
    private bool _closed;

    public override void Accept()
    {
        if (_closed || _accepting)
        {
            return;
        }

        // Level-triggered, so that clients that one turn leaves cause another event; exclusive, so that a client wakes
        // one loop.
        _number = loop.Register(descriptor, this, EpollEvent.In | EpollEvent.Exclusive);
        _accepting = true;
    }

    public override void Close()
    {
        _closed = true;
        Stop();
    }

    void IEpollTarget.OnEvents(uint events)
    {
        for (var i = 0; i < MaxAcceptsPerTurn && _accepting; i++)
        {
            var accepted = loop.Kernel.Accept(
                descriptor, SocketConstants.NonBlocking | SocketConstants.CloseOnExec);
            if (accepted >= 0)
            {
                handler.Accepted(accepted);
                continue;
            }

            var error = Marshal.GetLastPInvokeError();
            if (error == Errno.TryAgain)
            {
                return;
            }

            if (IsShortage(error))
            {
                Stop();
                handler.AcceptFailed(error);
            }
        }
    }

    // A handler that failed for one client must not stop the listener.
    void IEpollTarget.OnHandlerFailed()
    {
    }

    // The listening descriptor belongs to the endpoint and is shared by all loops.
    void IEpollTarget.OnLoopEnded()
    {
    }

    private void Stop()
    {
        if (_accepting)
        {
            _accepting = false;
            loop.Unregister(descriptor, _number);
        }
    }

    // accept(2): every other error concerns only the connection that was pending, which no longer exists.
    private static bool IsShortage(int error) => error is Errno.TooManyFiles or Errno.TooManyFilesInSystem
        or Errno.NoBufferSpace or Errno.OutOfMemory or Errno.InvalidArgument;
}
