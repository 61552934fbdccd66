using WsBalancer.Sockets.Epoll;
using WsBalancer.Sockets.Linux;

namespace WsBalancer.Proxy.Tests.Sockets.Simulation;

/// <summary>
/// The balancer's end of a TCP connection, with the behaviour of Linux (net/ipv4/tcp.c, tcp_input.c): the results of
/// system calls, the events of poll(2), and the wake-ups. The other end is a peer.
/// </summary>
internal sealed class FakeSocket(World world, string name) : FakeFile
{
    // TCP_ESTABLISHED.
    private const byte EstablishedState = 1;

    private readonly ByteQueue _received = new();
    private readonly ByteQueue _sent = new();
    private bool _isWriteShut;
    private bool _isReadShut;
    private bool _hasEnded;
    private bool _wantsSpace;
    private bool _resetsOnClose;
    private int _error;

    /// <summary>The state of the connection.</summary>
    public enum Stage
    {
        New,
        Connecting,
        Connected,

        /// <summary>TCP_CLOSE: the connection was reset or has failed.</summary>
        Failed,

        /// <summary>The balancer has closed the socket. The bytes that it sent may still be in transit.</summary>
        Closed,
    }

    public string Name => name;

    public Peer? Peer { get; set; }

    public Stage Now { get; private set; }

    /// <summary>The most bytes that the kernel holds for the balancer, and for the peer.</summary>
    public int ReceiveSpace { get; init; } = 64 * 1024;

    /// <inheritdoc cref="ReceiveSpace"/>
    public int SendSpace { get; init; } = 64 * 1024;

    /// <summary>Whether the kernel accepts no bytes for want of memory, although there is room.</summary>
    public bool IsPressed { get; private set; }

    /// <summary>The number of bytes that the balancer has received, and has sent.</summary>
    public long Taken { get; private set; }

    /// <inheritdoc cref="Taken"/>
    public long Given { get; private set; }

    /// <summary>The number of bytes that wait for the balancer.</summary>
    public int Waiting => _received.Count;

    /// <summary>The number of bytes that wait for the peer.</summary>
    public int OnTheWay => _sent.Count;

    /// <summary>The state in TCP_INFO.</summary>
    public byte State => Now is Stage.New or Stage.Failed ? SocketConstants.ClosedState
        : _hasEnded ? SocketConstants.CloseWaitState : EstablishedState;

    /// <summary>Whether the balancer has sent FIN.</summary>
    public bool IsFinished => _isWriteShut || Now == Stage.Closed;

    private bool IsWritable => !IsPressed && 2 * (SendSpace - _sent.Count) >= _sent.Count && _sent.Count < SendSpace;

    public override uint Poll()
    {
        var isDown = Now is Stage.New or Stage.Failed;
        var events = isDown || (_isReadShut && _isWriteShut) ? EpollEvent.HangUp : 0;
        if (_isReadShut || Now == Stage.Failed)
        {
            events |= EpollEvent.In | EpollEvent.ReadHangUp;
        }

        if (Now != Stage.Connecting)
        {
            events |= _received.Count > 0 ? EpollEvent.In : 0;
            var isWritable = _isWriteShut || isDown || IsWritable;
            events |= isWritable ? EpollEvent.Out : 0;
            _wantsSpace |= !isWritable;
        }

        return events | (_error != 0 ? EpollEvent.Error : 0);
    }

    // ---- The balancer's calls: a result, or a negative error.

    public int Connect(bool atOnce)
    {
        Now = atOnce ? Stage.Connected : Stage.Connecting;
        return atOnce ? 0 : -Errno.InProgress;
    }

    public int Receive(Span<byte> into)
    {
        var length = _received.Take(into);
        Taken += length;
        if (length > 0)
        {
            world.Moved();
            return length;
        }

        if (_hasEnded)
        {
            return 0;
        }

        return _error != 0 ? -TakeError()
            : _isReadShut ? 0
            : Now is Stage.New or Stage.Failed ? -Errno.NotConnected : -Errno.TryAgain;
    }

    /// <summary>Whether a multishot receive continues after a receive: for bytes and for FIN, not for a
    /// failure.</summary>
    public bool HasMore => _received.Count > 0 || _hasEnded;

    public int Send(ReadOnlySpan<byte> bytes)
    {
        if (_error != 0)
        {
            return -TakeError();
        }

        if (_isWriteShut || Now is Stage.New or Stage.Failed)
        {
            world.Check(!_isWriteShut || Now == Stage.Failed, $"{name}: bytes are sent after FIN");
            return -Errno.BrokenPipe;
        }

        var room = Now == Stage.Connecting || IsPressed ? 0 : SendSpace - _sent.Count;
        var length = Math.Min(bytes.Length, room);
        if (length > 0 && world.Habit(world.Temper.ShortSends))
        {
            length = world.Chance.Below(length + 1);
            IsPressed = length < bytes.Length;
        }

        _wantsSpace |= length < bytes.Length;
        _sent.Add(bytes[..length]);
        Given += length;
        if (length == 0)
        {
            return -Errno.TryAgain;
        }

        world.Moved();
        Peer?.Arrived(length);
        return length;
    }

    public int ShutWrite()
    {
        if (Now != Stage.Connected)
        {
            return -Errno.NotConnected;
        }

        _isWriteShut = true;
        Wake(0);
        return 0;
    }

    public int TakeError()
    {
        var error = _error;
        _error = 0;
        return error;
    }

    public void ResetOnClose() => _resetsOnClose = true;

    // ---- The peer and the network.

    public void Established()
    {
        Now = Stage.Connected;
        Wake(0);
    }

    /// <summary>Receives the peer's bytes, as many as there is room for.</summary>
    public int Arrive(ReadOnlySpan<byte> bytes)
    {
        if (Now == Stage.Closed)
        {
            Peer!.WasReset();
            return 0;
        }

        var length = Math.Min(bytes.Length, ReceiveSpace - _received.Count);
        if (length > 0)
        {
            _received.Add(bytes[..length]);
            Wake(EpollEvent.In);
        }

        return length;
    }

    /// <summary>Receives the peer's FIN.</summary>
    public void ArriveEnd()
    {
        if (Now == Stage.Connected)
        {
            _isReadShut = _hasEnded = true;
            Wake(0);
        }
    }

    /// <summary>
    /// Handles a reset, or a timeout of the kernel: nothing is sent any more; received bytes can still be read.
    /// </summary>
    public void Fail(int error)
    {
        _sent.Truncate(0);
        if (Now is Stage.Connected or Stage.Connecting)
        {
            var isReset = error == Errno.ConnectionReset;
            _error = isReset && Now == Stage.Connecting ? Errno.ConnectionRefused
                : isReset && _hasEnded ? Errno.BrokenPipe : error;
            Now = Stage.Failed;
            _isReadShut = true;
            Wake(0);
            Wake(EpollEvent.Error);
        }
    }

    /// <summary>Moves sent bytes to the peer.</summary>
    public int Deliver(Span<byte> into)
    {
        var length = _sent.Take(into);
        NoteSpace();
        return length;
    }

    public void Relieve()
    {
        IsPressed = false;
        NoteSpace();
    }

    /// <summary>Resets the peer: the listening socket was closed before the connection was accepted.</summary>
    public void Abandon()
    {
        Now = Stage.Closed;
        Peer!.WasReset();
    }

    protected override void Released()
    {
        var isReset = _resetsOnClose || _received.Count > 0;
        if (Now == Stage.Connected && isReset)
        {
            // Some of what was sent may have reached the peer before.
            _sent.Truncate(world.Chance.Below(_sent.Count + 1));
            Peer!.WasReset();
        }
        else if (Now == Stage.Connecting)
        {
            Peer!.WasReset();
        }

        Relieve();
        world.Trace.Add(name, isReset ? "is closed with a reset" : "is closed");
        Now = Stage.Closed;
    }

    private void NoteSpace()
    {
        if (_wantsSpace && IsWritable && Now == Stage.Connected)
        {
            _wantsSpace = false;
            Wake(EpollEvent.Out);
        }
    }
}
