using System.Runtime.InteropServices;
using WsBalancer.Proxy.Sockets.Linux;
using WsBalancer.Proxy.Sockets.Loops;

namespace WsBalancer.Proxy.Sockets.Epoll;

/// <summary>A listening socket on an <see cref="EpollLoop"/>.</summary>
internal sealed class EpollListener(EpollLoop loop, int descriptor, IAcceptHandler handler)
    : LoopListener, IEpollTarget
{
    // Some for this loop, the rest for the others, and for the sockets that wait their turn.
    private const int AtOnce = 16;

    private ulong _number;
    private bool _accepting;
    private bool _closed;

    public override void Accept()
    {
        if (_closed || _accepting)
        {
            return;
        }

        // Level-triggered, so that what one turn leaves is told again; exclusive, so that one loop wakes for a client.
        _number = loop.Register(descriptor, this, EpollEvent.In | EpollEvent.Exclusive);
        _accepting = true;
    }

    public override void Close()
    {
        _closed = true;
        Stop();
    }

    void IEpollTarget.On(uint events)
    {
        for (var i = 0; i < AtOnce && _accepting; i++)
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

            if (IsWant(error))
            {
                Stop();
                handler.AcceptFailed(error);
            }
        }
    }

    // What one client brought about must not stop the others.
    void IEpollTarget.Drop()
    {
    }

    // The descriptor is not its own.
    void IEpollTarget.Abandon()
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

    // accept(2): anything else is an error of the connection that was waiting, which is gone.
    private static bool IsWant(int error) => error is Errno.TooManyFiles or Errno.TooManyFilesInSystem
        or Errno.NoBufferSpace or Errno.OutOfMemory or Errno.InvalidArgument;
}
