using System.Runtime.InteropServices;
using WsBalancer.Proxy.Sockets.Linux;
using WsBalancer.Proxy.Sockets.Loops;

namespace WsBalancer.Proxy.Sockets.Epoll;

/// <summary>A socket on an <see cref="EpollLoop"/>.</summary>
/// <remarks>
/// Edge-triggered: an event says that something changed, so what is left after a turn must be remembered here. A short
/// receive means that nothing is left (epoll(7)), but for the end, if an event has said it; a short send that an event
/// will say when there is room.
/// </remarks>
internal sealed unsafe class EpollSocket : LoopSocket, IEpollTarget
{
    // A socket that always has more gives way to the others after so many full buffers.
    private const int AtOnce = 4;

    private const uint Incoming = EpollEvent.In | EpollEvent.PeerEnded | EpollEvent.HangUp | EpollEvent.Error;

    private readonly EpollLoop _loop;
    private State _state;
    private int _error;

    public EpollSocket(EpollLoop loop, int descriptor, ISocketHandler handler, bool connecting)
        : base(loop, descriptor, handler)
    {
        _loop = loop;
        _state = connecting ? State.Connecting | State.Full | State.Short : State.None;
    }

    [Flags]
    private enum State : ushort
    {
        None = 0,

        /// <summary>connect(2) is under way.</summary>
        Connecting = 1,

        /// <summary>The kernel took less than it was given; an event will say when it takes more.</summary>
        Full = 2,

        /// <summary>Somebody was told that less was taken, and waits to be told when there is room.</summary>
        Short = 4,

        /// <summary>What comes is told.</summary>
        Receiving = 8,

        /// <summary>The loop will call again.</summary>
        Again = 16,

        /// <summary>The peer's end was told.</summary>
        Ended = 32,

        /// <summary>FIN is to follow what is kept.</summary>
        Finishing = 64,

        /// <summary>An event has said that an end or an error follows what is yet to be received.</summary>
        Last = 128,

        /// <summary>The connection is gone. What had come before is told first.</summary>
        Broken = 256,

        /// <summary>That was told, or the socket is closed: there is nothing more to do.</summary>
        Over = 512,
    }

    public ulong Number { get; set; }

    public override void Receive()
    {
        if (!Is(State.Receiving | State.Over))
        {
            _state |= State.Receiving;
            CallAgain();
        }
    }

    public override void Pause() => _state &= ~State.Receiving;

    public override int TrySend(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty || Is(State.Broken | State.Over))
        {
            return bytes.Length;
        }

        var taken = Unsent == 0 ? SendNow(bytes) : 0;
        if (taken < bytes.Length)
        {
            _state |= State.Short;
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

    public override void Finish()
    {
        _state |= State.Finishing;
        FinishIfSent();
    }

    public override void Close()
    {
        if (!IsClosed)
        {
            IsClosed = true;
            _state = State.Over;
            _loop.Forget(Number);
            DropKept();
            _ = LibC.Close(Descriptor);
        }
    }

    void IEpollTarget.On(uint events)
    {
        _state &= ~State.Again;
        if (Is(State.Over))
        {
            return;
        }

        Note(events);
        if (Is(State.Full) && !Is(State.Broken) && (events & (EpollEvent.Out | EpollEvent.HangUp)) != 0)
        {
            SendOn();
        }

        if (Is(State.Receiving) && !Is(State.Ended) && (events == 0 || (events & Incoming) != 0))
        {
            ReceiveNow();
        }

        // Unless it had more to tell than fits into a turn.
        if (Is(State.Broken) && !Is(State.Again))
        {
            Fail();
        }
    }

    void IEpollTarget.Drop() => Reset();

    private bool Is(State state) => (_state & state) != 0;

    private void Note(uint events)
    {
        if ((events & (EpollEvent.PeerEnded | EpollEvent.HangUp | EpollEvent.Error)) != 0)
        {
            _state |= State.Last;
        }

        if ((events & EpollEvent.Error) != 0)
        {
            _state |= State.Broken;
        }
    }

    private void CallAgain()
    {
        if (!Is(State.Again))
        {
            _state |= State.Again;
            _loop.Again(this);
        }
    }

    private void ReceiveNow()
    {
        for (var i = 0; i < AtOnce; i++)
        {
            var received = (int)LibC.Receive(Descriptor, _loop.Buffer, EpollLoop.BufferSize, 0);
            if (received > 0)
            {
                Handler.Received(new ReadOnlySpan<byte>(_loop.Buffer, received));
                if (!Is(State.Receiving) || (received < EpollLoop.BufferSize && !Is(State.Last)))
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
                    Break(error);
                }

                return;
            }
        }

        CallAgain();
    }

    // Once its error was taken, a broken connection looks as if the peer had ended it.
    private void End()
    {
        if (!Is(State.Broken))
        {
            _state |= State.Ended;
            Handler.Ended();
        }
    }

    private int SendNow(ReadOnlySpan<byte> bytes)
    {
        if (Is(State.Full))
        {
            return 0;
        }

        while (true)
        {
            int sent;
            fixed (byte* start = bytes)
            {
                sent = (int)LibC.Send(Descriptor, start, (nuint)bytes.Length, SocketConstants.NoSignal);
            }

            if (sent == bytes.Length)
            {
                return sent;
            }

            var error = sent >= 0 ? Errno.TryAgain : Marshal.GetLastPInvokeError();
            switch (error)
            {
                case Errno.Interrupted:
                    continue;
                case Errno.TryAgain:
                    _state |= State.Full;
                    return Math.Max(sent, 0);
                default:
                    // Told in a turn of its own, as nothing is told from inside a call.
                    Break(error);
                    CallAgain();
                    return bytes.Length;
            }
        }
    }

    // There is room: first for what is kept, then for those who were told that there was none.
    private void SendOn()
    {
        _state &= ~(State.Full | State.Connecting);
        if (Unsent > 0)
        {
            Drop(SendNow(Kept));
        }

        FinishIfSent();
        if (Unsent == 0 && Is(State.Short) && !Is(State.Full | State.Broken))
        {
            _state &= ~State.Short;
            Handler.Writable();
        }
    }

    private void FinishIfSent()
    {
        if (Is(State.Finishing) && Unsent == 0 && !Is(State.Connecting | State.Over))
        {
            _state &= ~State.Finishing;
            _ = LibC.Shutdown(Descriptor, SocketConstants.ShutWrite);
        }
    }

    private void Break(int error)
    {
        _error = error;
        _state |= State.Broken | State.Last;
    }

    private void Fail()
    {
        var error = _error != 0 ? _error : TakeError();
        _state = State.Over;
        DropKept();
        Handler.Failed(error != 0 ? error : Errno.ConnectionReset);
    }
}
