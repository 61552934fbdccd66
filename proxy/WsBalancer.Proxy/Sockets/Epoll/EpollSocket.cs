using System.Runtime.InteropServices;
using WsBalancer.Proxy.Sockets.Linux;
using WsBalancer.Proxy.Sockets.Loops;

namespace WsBalancer.Proxy.Sockets.Epoll;

/// <summary>A socket on an <see cref="EpollLoop"/>.</summary>
/// <remarks>
/// Edge-triggered: an event reports only a change, so what remains after a turn must be recorded here. A short receive
/// means that nothing remains (epoll(7)) except FIN or an error, if an event has reported one; a short send means that
/// an event will report when there is room.
/// </remarks>
internal sealed unsafe class EpollSocket : LoopSocket, IEpollTarget
{
    // After so many full buffers, a socket with more bytes continues in the next turn: the other sockets must not wait.
    private const int AtOnce = 4;

    private const uint Incoming = EpollEvent.In | EpollEvent.PeerEnded | EpollEvent.HangUp | EpollEvent.Error;

    private readonly EpollLoop _loop;
    private EpollState _state;

    public EpollSocket(EpollLoop loop, int descriptor, ISocketHandler handler, bool connecting)
        : base(loop, descriptor, handler)
    {
        _loop = loop;
        _state = connecting ? EpollState.Connecting | EpollState.Full | EpollState.Short : EpollState.None;
    }

    public ulong Number { get; set; }

    public override bool IsReleasable => !Is(EpollState.Broken);

    public override void Receive()
    {
        if (!Is(EpollState.Receiving | EpollState.Over))
        {
            _state |= EpollState.Receiving;
            CallAgain();
        }
    }

    public override void Pause() => _state &= ~EpollState.Receiving;

    public override int TrySend(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty || Is(EpollState.Broken | EpollState.Over))
        {
            return bytes.Length;
        }

        var taken = UnsentBytes == 0 ? SendNow(bytes) : 0;
        if (taken < bytes.Length)
        {
            _state |= EpollState.Short;
        }

        return taken;
    }

    public override void Send(ReadOnlySpan<byte> bytes)
    {
        var taken = TrySend(bytes);
        if (taken < bytes.Length)
        {
            Keep(bytes[taken..]);
        }
    }

    public override void ShutdownSend()
    {
        _state |= EpollState.Finishing;
        FinishIfSent();
    }

    public override void Close()
    {
        if (!IsClosed)
        {
            _loop.Forget(Number);
            BeOver();
            _ = Kernel.Close(Descriptor);
        }
    }

    public override void BeginRelease()
    {
        // There is nothing to cancel: with epoll, no request is pending in the kernel.
    }

    public override void StayOn()
    {
        // There is nothing to cancel, because BeginRelease changes nothing.
    }

    public override byte[] Release()
    {
        ThrowUnlessReleasable();
        var unsent = TakeKept();
        _loop.Unregister(Descriptor, Number);
        BeOver();
        return unsent;
    }

    void IEpollTarget.On(uint events)
    {
        _state &= ~EpollState.Again;
        if (Is(EpollState.Over))
        {
            return;
        }

        Note(events);
        if (Is(EpollState.Full) && !Is(EpollState.Broken) && (events & (EpollEvent.Out | EpollEvent.HangUp)) != 0)
        {
            SendOn();
        }

        if (Is(EpollState.Receiving) && !Is(EpollState.Ended) && (events == 0 || (events & Incoming) != 0))
        {
            ReceiveNow();
        }

        // The failure is delivered after all received bytes; if some remain for the next turn, the failure waits too.
        if (Is(EpollState.Broken) && !Is(EpollState.Again))
        {
            Fail();
        }
    }

    void IEpollTarget.Drop() => Reset();

    void IEpollTarget.Abandon() => Close();

    private bool Is(EpollState state) => (_state & state) != 0;

    private void Note(uint events)
    {
        if ((events & (EpollEvent.PeerEnded | EpollEvent.HangUp | EpollEvent.Error)) != 0)
        {
            _state |= EpollState.Last;
        }

        if ((events & EpollEvent.Error) != 0)
        {
            _state |= EpollState.Broken;
        }
    }

    private void BeOver()
    {
        IsClosed = true;
        _state = EpollState.Over;
        DropKept();
    }

    private void CallAgain()
    {
        if (!Is(EpollState.Again))
        {
            _state |= EpollState.Again;
            _loop.Again(this);
        }
    }

    private void ReceiveNow()
    {
        for (var i = 0; i < AtOnce; i++)
        {
            var received = (int)Kernel.Receive(Descriptor, _loop.Buffer, EpollLoop.BufferSize, 0);
            if (received > 0)
            {
                Handler.OnReceived(new ReadOnlySpan<byte>(_loop.Buffer, received));
                if (!Is(EpollState.Receiving) || (received < EpollLoop.BufferSize && !Is(EpollState.Last)))
                {
                    return;
                }
            }
            else if (received == 0)
            {
                End();
                return;
            }
            else if (Marshal.GetLastPInvokeError() is var error and not Errno.Interrupted)
            {
                if (error != Errno.TryAgain)
                {
                    NoteFailure(error);
                }

                return;
            }
        }

        CallAgain();
    }

    // After its error was read, a failed connection looks as if the peer had sent FIN: recv(2) returns 0.
    private void End()
    {
        if (!Is(EpollState.Broken))
        {
            _state |= EpollState.Ended;
            Handler.OnEof();
        }
    }

    private int SendNow(ReadOnlySpan<byte> bytes)
    {
        if (Is(EpollState.Full))
        {
            return 0;
        }

        var sent = SendNow(bytes, out var error);
        NoteSent(error);
        return sent;
    }

    private void NoteSent(int error)
    {
        if (error == Errno.TryAgain)
        {
            _state |= EpollState.Full;
        }
        else if (error != 0)
        {
            Break(error);
        }
    }

    // There is room: kept bytes are sent first, then a handler whose bytes were not all taken is notified.
    private void SendOn()
    {
        _state &= ~(EpollState.Full | EpollState.Connecting);
        if (UnsentBytes > 0)
        {
            SendKept(out var error);
            NoteSent(error);
        }

        FinishIfSent();
        if (UnsentBytes == 0 && Is(EpollState.Short) && !Is(EpollState.Full | EpollState.Broken))
        {
            _state &= ~EpollState.Short;
            Handler.OnWritable();
        }
    }

    private void FinishIfSent()
    {
        if (Is(EpollState.Finishing) && UnsentBytes == 0 && !Is(EpollState.Connecting | EpollState.Over))
        {
            _state &= ~EpollState.Finishing;
            _ = Kernel.Shutdown(Descriptor, SocketConstants.ShutWrite);
        }
    }

    protected override void Break(int error)
    {
        NoteFailure(error);
        CallAgain();
    }

    private void NoteFailure(int error)
    {
        Failure = error;
        _state |= EpollState.Broken | EpollState.Last;
    }

    private void Fail()
    {
        var error = Failure != 0 ? Failure : TakeError();
        _state = EpollState.Over;
        DropKept();
        NotifyFailure(error != 0 ? error : Errno.ConnectionReset);
    }
}
