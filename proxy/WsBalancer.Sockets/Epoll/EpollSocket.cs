using System.Runtime.InteropServices;
using WsBalancer.Sockets.Linux;
using WsBalancer.Sockets.Loops;

namespace WsBalancer.Sockets.Epoll;

/// <summary>A socket on an <see cref="EpollLoop"/>.</summary>
/// <remarks>
/// Edge-triggered: an event reports only a change, so what remains after a turn must be recorded here. A short receive
/// means that nothing remains (epoll(7)) except FIN or an error, if an event has reported one; a short send means that
/// an event will report when there is room.
/// </remarks>
internal sealed unsafe class EpollSocket : LoopSocket, IEpollTarget
{
    // After so many full buffers, a socket with more bytes continues in the next turn: the other sockets must not wait.
    private const int MaxReceivesPerTurn = 4;

    private const uint Incoming = EpollEvent.In | EpollEvent.ReadHangUp | EpollEvent.HangUp | EpollEvent.Error;

    private readonly EpollLoop _loop;
    private EpollState _state;

    public EpollSocket(EpollLoop loop, int descriptor, ISocketHandler handler, bool connecting)
        : base(loop, descriptor, handler)
    {
        _loop = loop;
        _state = connecting ? EpollState.Connecting | EpollState.Full | EpollState.NotifyWritable : EpollState.None;
    }

    public ulong Number { get; set; }

    public override bool IsReleasable => !Is(EpollState.Failed);

    public override void Receive()
    {
        if (!Is(EpollState.Receiving | EpollState.EventsEnded))
        {
            _state |= EpollState.Receiving;
            ScheduleCall();
        }
    }

    public override void Pause() => _state &= ~EpollState.Receiving;

    public override int TrySend(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty || Is(EpollState.Failed | EpollState.EventsEnded))
        {
            return bytes.Length;
        }

        var taken = UnsentBytes == 0 ? SendNow(bytes) : 0;
        if (taken < bytes.Length)
        {
            _state |= EpollState.NotifyWritable;
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
        _state |= EpollState.ShutdownPending;
        ShutdownIfSent();
    }

    public override void Close()
    {
        if (!IsClosed)
        {
            _loop.Remove(Number);
            MarkClosed();
            _ = Kernel.Close(Descriptor);
        }
    }

    public override void BeginRelease()
    {
        // There is nothing to cancel: with epoll, no request is pending in the kernel.
    }

    public override void CancelRelease()
    {
        // There is nothing to cancel, because BeginRelease changes nothing.
    }

    public override byte[] Release()
    {
        ThrowUnlessReleasable();
        var unsent = TakeKept();
        _loop.Unregister(Descriptor, Number);
        MarkClosed();
        return unsent;
    }

    void IEpollTarget.OnEvents(uint events)
    {
        _state &= ~EpollState.Scheduled;
        if (Is(EpollState.EventsEnded))
        {
            return;
        }

        RecordEvents(events);
        if (Is(EpollState.Full) && !Is(EpollState.Failed) && (events & (EpollEvent.Out | EpollEvent.HangUp)) != 0)
        {
            ResumeSending();
        }

        if (Is(EpollState.Receiving) && !Is(EpollState.EofDelivered) && (events == 0 || (events & Incoming) != 0))
        {
            ReceiveNow();
        }

        // The failure is delivered after all received bytes; if some remain for the next turn, the failure waits too.
        if (Is(EpollState.Failed) && !Is(EpollState.Scheduled))
        {
            Fail();
        }
    }

    void IEpollTarget.OnHandlerFailed() => Reset();

    void IEpollTarget.OnLoopEnded() => Close();

    private bool Is(EpollState state) => (_state & state) != 0;

    private void RecordEvents(uint events)
    {
        if ((events & (EpollEvent.ReadHangUp | EpollEvent.HangUp | EpollEvent.Error)) != 0)
        {
            _state |= EpollState.EndReported;
        }

        if ((events & EpollEvent.Error) != 0)
        {
            _state |= EpollState.Failed;
        }
    }

    private void MarkClosed()
    {
        IsClosed = true;
        _state = EpollState.EventsEnded;
        DropKept();
    }

    private void ScheduleCall()
    {
        if (!Is(EpollState.Scheduled))
        {
            _state |= EpollState.Scheduled;
            _loop.Schedule(this);
        }
    }

    private void ReceiveNow()
    {
        for (var i = 0; i < MaxReceivesPerTurn; i++)
        {
            var received = (int)Kernel.Receive(Descriptor, _loop.Buffer, EpollLoop.BufferSize, 0);
            if (received > 0)
            {
                Handler.OnReceived(new ReadOnlySpan<byte>(_loop.Buffer, received));
                if (!Is(EpollState.Receiving) || (received < EpollLoop.BufferSize && !Is(EpollState.EndReported)))
                {
                    return;
                }
            }
            else if (received == 0)
            {
                DeliverEof();
                return;
            }
            else if (Marshal.GetLastPInvokeError() is var error and not Errno.Interrupted)
            {
                if (error != Errno.TryAgain)
                {
                    RecordFailure(error);
                }

                return;
            }
        }

        ScheduleCall();
    }

    // After its error was read, a failed connection looks as if the peer had sent FIN: recv(2) returns 0.
    private void DeliverEof()
    {
        if (!Is(EpollState.Failed))
        {
            _state |= EpollState.EofDelivered;
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
        RecordSendResult(error);
        return sent;
    }

    private void RecordSendResult(int error)
    {
        if (error == Errno.TryAgain)
        {
            _state |= EpollState.Full;
        }
        else if (error != 0)
        {
            ScheduleFailure(error);
        }
    }

    // There is room: kept bytes are sent first, then a handler whose bytes were not all taken is notified.
    private void ResumeSending()
    {
        _state &= ~(EpollState.Full | EpollState.Connecting);
        if (UnsentBytes > 0)
        {
            SendKept(out var error);
            RecordSendResult(error);
        }

        ShutdownIfSent();
        if (UnsentBytes == 0 && Is(EpollState.NotifyWritable) && !Is(EpollState.Full | EpollState.Failed))
        {
            _state &= ~EpollState.NotifyWritable;
            Handler.OnWritable();
        }
    }

    private void ShutdownIfSent()
    {
        if (Is(EpollState.ShutdownPending) && UnsentBytes == 0 && !Is(EpollState.Connecting | EpollState.EventsEnded))
        {
            _state &= ~EpollState.ShutdownPending;
            _ = Kernel.Shutdown(Descriptor, SocketConstants.ShutWrite);
        }
    }

    protected override void ScheduleFailure(int error)
    {
        RecordFailure(error);
        ScheduleCall();
    }

    private void RecordFailure(int error)
    {
        Failure = error;
        _state |= EpollState.Failed | EpollState.EndReported;
    }

    private void Fail()
    {
        var error = Failure != 0 ? Failure : TakeError();
        _state = EpollState.EventsEnded;
        DropKept();
        NotifyFailure(error != 0 ? error : Errno.ConnectionReset);
    }
}
