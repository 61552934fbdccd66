using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Threading.Tasks.Sources;
using WsBalancer.Sockets.Linux;
using WsBalancer.Sockets.Tcp;

namespace WsBalancer.Sockets.Loops;

/// <summary>
/// A connect to a host, until one of its addresses accepts, all have failed, the timeout has expired, or the connect is
/// cancelled. If an address does not respond in time, the next one is tried in parallel. On the loop's thread.
/// </summary>
/// <remarks>This object is also the attempt at the first address, because most hosts have only one.</remarks>
internal sealed class LoopConnect(
    EventLoop loop, SourceAddressPool sources, ConnectTarget target, ISocketHandler handler)
    : ISocketHandler, IValueTaskSource<LoopSocket>
{
    private ManualResetValueTaskSourceCore<LoopSocket> _result;
    private LoopSocket? _socket;
    private LaterAttempts? _later;
    private int _begun;
    private int _pending;
    private bool _done;
    private ITimer? _deadline;
    private CancellationToken _cancellation;
    private CancellationTokenRegistration _registration;

    private LaterAttempts LaterAttempts =>
        _later ?? throw new InvalidOperationException("A host with one address has no later attempts.");

    private LoopSocket FirstSocket =>
        _socket ?? throw new InvalidOperationException("The attempt at the first address has not begun.");

    /// <summary>Begins the connect. Must be called only once.</summary>
    public ValueTask<LoopSocket> StartAsync(TimeSpan timeout, TimeProvider time, CancellationToken cancellation)
    {
        var left = timeout > TimeSpan.Zero ? timeout : TimeSpan.Zero;
        if (target.Addresses.Count > 1)
        {
            _later = new LaterAttempts(this, time, target.Addresses.DelayWithin(left));
        }

        TryNext(Errno.NoRouteToHost);
        if (!_done)
        {
            _cancellation = cancellation;
            _deadline = time.CreateTimer(
                static self => CallbackState.Of<LoopConnect>(self).Post(TimeOut), this, left, Timeout.InfiniteTimeSpan);
            _registration = cancellation.UnsafeRegister(
                static self => CallbackState.Of<LoopConnect>(self).Post(Cancel), this);
        }

        return new ValueTask<LoopSocket>(this, _result.Version);
    }

    /// <summary>Completes the connect, because an address has accepted.</summary>
    public void Connected(LoopSocket socket, IPAddress address)
    {
        if (_done)
        {
            return;
        }

        target.Addresses.Connected(address);
        Complete();
        socket.Handler = handler;
        CloseAll(except: socket);
        _result.SetResult(socket);
    }

    /// <summary>Tries the next address at once, because this one cannot be connected to.</summary>
    public void AddressFailed(LoopSocket socket, int error)
    {
        socket.Close();
        _pending--;
        if (!_done)
        {
            TryNext(error);
        }
    }

    /// <summary>Tries the next address, unless that has happened by now. From any thread.</summary>
    public void DelayExpired() => Post(static self => ((LoopConnect)self).TryNextUnlessBegun());

    LoopSocket IValueTaskSource<LoopSocket>.GetResult(short token) => _result.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<LoopSocket>.GetStatus(short token) => _result.GetStatus(token);

    void IValueTaskSource<LoopSocket>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _result.OnCompleted(continuation, state, token, flags);

    void ISocketHandler.OnWritable() => Connected(FirstSocket, target.Addresses[0]);

    void ISocketHandler.OnError(int error) => AddressFailed(FirstSocket, error);

    void ISocketHandler.OnReceived(ReadOnlySpan<byte> bytes) =>
        throw new InvalidOperationException("A connecting socket delivers no bytes.");

    void ISocketHandler.OnEof() => throw new InvalidOperationException("A connecting socket delivers no FIN.");

    private static void TimeOut(object self) =>
        ((LoopConnect)self).Fail(new SocketException((int)SocketError.TimedOut));

    private static void Cancel(object self)
    {
        var connect = (LoopConnect)self;
        connect.Fail(new OperationCanceledException(connect._cancellation));
    }

    private void TryNextUnlessBegun()
    {
        if (!_done && LaterAttempts.IsNextDue)
        {
            TryNext(error: 0);
        }
    }

    private void Post(Action<object> action) => loop.Post(action, this);

    /// <summary>Starts the attempt at the next address, or fails if there is none and no attempt is pending.</summary>
    /// <param name="error">The error of the previous attempt; 0 if that is pending.</param>
    private void TryNext(int error)
    {
        while (_begun < target.Addresses.Count)
        {
            error = Try(_begun++);
            if (error == 0)
            {
                DelayNext();
                return;
            }
        }

        if (_pending == 0 && !_done)
        {
            Fail(Errno.ToException(error));
        }
    }

    private void DelayNext()
    {
        if (!_done && _begun < target.Addresses.Count)
        {
            LaterAttempts.DelayNext();
        }
    }

    /// <summary>Starts the attempt at an address.</summary>
    /// <returns>The error, if the attempt failed at once; otherwise 0.</returns>
    private int Try(int index)
    {
        var address = target.Addresses[index];
        var descriptor = loop.Kernel.Socket(
            SocketName.FamilyOf(address),
            SocketConstants.Stream | SocketConstants.NonBlocking | SocketConstants.CloseOnExec,
            SocketConstants.Tcp);
        if (descriptor < 0)
        {
            return Marshal.GetLastPInvokeError();
        }

        if (DescriptorLimit.LeavesTooFew(loop.Kernel, descriptor, DescriptorLimit.KeptByDialed))
        {
            return Fail(descriptor, Errno.TooManyFiles);
        }

        SocketOptions.NoDelay(loop.Kernel, descriptor);
        SocketOptions.KeepAlive(loop.Kernel, descriptor, target.KeepAlive);
        var error = sources.BindTo(loop.Kernel, descriptor, address.AddressFamily);
        if (error == 0)
        {
            error = Connect(descriptor, address);
        }

        return error is 0 or Errno.InProgress
            ? Adopt(descriptor, index, connecting: error != 0)
            : Fail(descriptor, error);
    }

    private unsafe int Connect(int descriptor, IPAddress address)
    {
        Span<byte> name = stackalloc byte[SocketName.MaxLength];
        var length = SocketName.Write(name, address, target.Port);
        fixed (byte* start = name)
        {
            return loop.Kernel.Connect(descriptor, start, length) == 0 ? 0 : Marshal.GetLastPInvokeError();
        }
    }

    private int Adopt(int descriptor, int index, bool connecting)
    {
        LoopSocket socket;
        try
        {
            socket = loop.Adopt(descriptor, index == 0 ? this : NoEventsHandler.Instance, connecting);
        }
        catch (IOException ex)
        {
            return Fail(descriptor, ex.HResult);
        }

        _pending++;
        if (index == 0)
        {
            _socket = socket;
        }
        else
        {
            LaterAttempts.Add(socket, target.Addresses[index]);
        }

        if (!connecting)
        {
            Connected(socket, target.Addresses[index]);
        }

        return 0;
    }

    private int Fail(int descriptor, int error)
    {
        _ = loop.Kernel.Close(descriptor);
        return error;
    }

    private void Fail(Exception reason)
    {
        if (!_done)
        {
            Complete();
            CloseAll(except: null);
            _result.SetException(reason);
        }
    }

    private void CloseAll(LoopSocket? except)
    {
        if (_socket != except)
        {
            _socket?.Close();
        }

        _later?.CloseAll(except);
    }

    private void Complete()
    {
        _done = true;
        _deadline?.Dispose();
        _later?.Stop();
        _registration.Unregister();
    }
}
