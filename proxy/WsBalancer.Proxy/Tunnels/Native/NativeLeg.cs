using WsBalancer.Sockets.Linux;
using WsBalancer.Sockets.Loops;

namespace WsBalancer.Proxy.Tunnels.Native;

/// <summary>
/// One leg of a <see cref="NativeTunnel"/>: bytes that its socket receives are relayed to the other leg. Used on the
/// loop's thread only, except where <see cref="ITunnelLeg"/> allows other threads.
/// </summary>
internal sealed partial class NativeLeg : ISocketHandler, ITunnelLeg
{
    private readonly NativeTunnel _flow;
    private readonly LoopSocket _socket;
    private readonly TunnelSide _peer;
    private LegFrames _frames;
    private byte[]? _pendingClose;
    private bool _paused;
    private bool _ended;
    private bool _isDiscarding;
    private bool _isClosing;

    public NativeLeg(NativeTunnel flow, TunnelSide peer, LoopSocket socket)
    {
        _flow = flow;
        _peer = peer;
        _socket = socket;
        socket.Handler = this;
    }

    public NativeTunnel Flow => _flow;

    public EventLoop Loop => _socket.Loop;

    public bool IsClosed => _socket.IsClosed;

    /// <inheritdoc cref="LoopSocket.IsReleasable"/>
    public bool IsReleasable => _socket.IsReleasable;

    // CloseWritten and CloseCode may be read from any thread, and may be out of date there.
    public bool CloseWritten => _frames.CloseWritten;

    public int? CloseCode => _frames.CloseCode;

    public bool BoundariesUnknown => _frames.BoundariesUnknown;

    public long Buffered => _socket.BufferedBytes;

    public bool PausesOther => Volatile.Read(in Other._paused);

    public TimeSpan SendStalledFor => _socket.SendStalledSince is { } since
        ? Loop.Time.GetElapsedTime(since)
        : TimeSpan.Zero;

    public bool HasPeerEnded => _ended || IsClosed || TcpState.HasPeerFinished(Loop.Kernel, _socket.Descriptor);

    private NativeLeg Other => _flow.OtherOf(_peer);

    private bool IsFull => !_isDiscarding && _socket.IsBehind(_flow.HighWater);

    public Task SendCloseAsync(byte[] closeFrame)
    {
        // Write reads this field, so the next relayed bytes find the frame even if the posted call has not run.
        if (Interlocked.CompareExchange(ref _pendingClose, closeFrame, null) is null)
        {
            Loop.RunOrPost(static leg => ((NativeLeg)leg).SendPendingClose(), this);
        }

        return Task.CompletedTask;
    }

    public bool ShutdownOutput()
    {
        _frames.DiscardRest();
        _socket.ShutdownSend();
        return true;
    }

    public void Discard() => Loop.RunOrPost(static leg => ((NativeLeg)leg).DiscardOutput(), this);

    /// <summary>Relays bytes that the socket had received before the leg existed.</summary>
    public void Replay(ReadOnlySpan<byte> bytes)
    {
        if (!bytes.IsEmpty)
        {
            OnReceived(bytes);
        }
    }

    /// <summary>Begins to receive.</summary>
    /// <param name="ended">Whether there is nothing to receive: the peer's FIN was received already.</param>
    public void Begin(bool ended)
    {
        if (ended)
        {
            OnEof();
        }
        else if (Other.IsFull)
        {
            _paused = true;
        }
        else if (!_isClosing)
        {
            _socket.Receive();
        }
    }

    /// <summary>Continues a released leg. Called before anything is relayed.</summary>
    public void Resume(LegRecord record)
    {
        _frames = LegFrames.Restore(record.Frames);
        _socket.Send(record.Unsent);
        if (_frames.PeerClosed)
        {
            _flow.Tunnel.OnPeerClosed(Other._peer);
        }
    }

    /// <inheritdoc cref="LoopSocket.BeginRelease"/>
    public void BeginRelease() => _socket.BeginRelease();

    /// <inheritdoc cref="LoopSocket.CancelRelease"/>
    public void CancelRelease() => _socket.CancelRelease();

    /// <summary>Releases the socket, with which another leg can continue.</summary>
    public LegRecord Release()
    {
        _isClosing = true;
        return new LegRecord(_socket.Descriptor, _frames.Save(), _socket.Release());
    }

    public void OnReceived(ReadOnlySpan<byte> bytes)
    {
        if (_isClosing)
        {
            return;
        }

        try
        {
            _flow.Tunnel.OnReceived(_peer, Loop.Now);
            Other.Write(bytes);
        }
        catch
        {
            // The loop resets and reports this socket only; the other one must be ended here.
            _flow.Tunnel.Abort(TunnelEnd.Error);
            throw;
        }

        if (!_isClosing && Other.IsFull)
        {
            _paused = true;
            _socket.Pause();
        }
    }

    public void OnWritable()
    {
        if (_isClosing)
        {
            CloseIfDone();
        }
        else
        {
            Other.ResumeReceiving();
        }
    }

    public void OnEof()
    {
        _ended = true;
        if (_isClosing)
        {
            CloseIfDone();
        }
        else
        {
            _flow.Tunnel.OnPeerEof(_peer);
        }
    }

    public void OnError(int error)
    {
        if (error == Errno.NoBufferSpace)
        {
            _flow.Tunnel.Reset(TunnelEnd.Memory);
            return;
        }

        _socket.Close();
        if (_isClosing)
        {
            _flow.OnSocketClosed();
        }
        else
        {
            _flow.OnPeerLost(_peer);
        }
    }

    // Sends bytes of the other peer to this leg's peer.
    private void Write(ReadOnlySpan<byte> bytes)
    {
        if (Volatile.Read(ref _pendingClose) is not null)
        {
            SendPendingClose();
        }

        var passed = _frames.Pass(bytes, out var frames, out var closeSeen);
        if (closeSeen)
        {
            // Before the frame is sent: after it, an event of its receiver may set another reason first.
            _flow.Tunnel.OnCloseFrame(Other._peer);
        }

        if (passed > 0)
        {
            _socket.Send(bytes[..passed]);
            _flow.Tunnel.OnForwarded(Other._peer, passed, frames);
        }

        if (_frames.TakeClose() is { } close)
        {
            _socket.Send(close);
        }

        if (_frames.PeerClosed)
        {
            _flow.Tunnel.OnPeerClosed(Other._peer);
        }
    }

    private void SendPendingClose()
    {
        if (!_isClosing && _pendingClose is { } frame && _frames.Close(frame, writing: false))
        {
            _socket.Send(frame);
        }
    }

    private void DiscardOutput()
    {
        _frames.DiscardRest();
        _isDiscarding = true;
        if (!_isClosing)
        {
            Other.ResumeReceiving();
        }
    }

    private void ResumeReceiving()
    {
        if (_paused)
        {
            _paused = false;
            _socket.Receive();
        }
    }
}
