using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Threading.Tasks.Sources;
using WsBalancer.Proxy.Sockets.Linux;

namespace WsBalancer.Proxy.Sockets.Loops;

/// <summary>
/// A connect under way: address after address, until one accepts, the time is over, or it is cancelled. On the loop's
/// thread.
/// </summary>
internal sealed class LoopConnect(
    EventLoop loop, SourceAddresses sources, ConnectTarget target, ISocketHandler handler)
    : ISocketHandler, IValueTaskSource<LoopSocket>
{
    private ManualResetValueTaskSourceCore<LoopSocket> _result;
    private LoopSocket? _socket;
    private int _next;
    private bool _done;
    private ITimer? _deadline;
    private CancellationToken _cancellation;
    private CancellationTokenRegistration _registration;

    /// <summary>Begins. To be called once.</summary>
    public ValueTask<LoopSocket> StartAsync(TimeSpan timeout, TimeProvider time, CancellationToken cancellation)
    {
        TryNext(Errno.NoRouteToHost);
        if (!_done)
        {
            var left = timeout > TimeSpan.Zero ? timeout : TimeSpan.Zero;
            _cancellation = cancellation;
            _deadline = time.CreateTimer(
                static self => ((LoopConnect)self!).Post(TimeOut), this, left, Timeout.InfiniteTimeSpan);
            _registration = cancellation.UnsafeRegister(static self => ((LoopConnect)self!).Post(Cancel), this);
        }

        return new ValueTask<LoopSocket>(this, _result.Version);
    }

    LoopSocket IValueTaskSource<LoopSocket>.GetResult(short token) => _result.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<LoopSocket>.GetStatus(short token) => _result.GetStatus(token);

    void IValueTaskSource<LoopSocket>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _result.OnCompleted(continuation, state, token, flags);

    void ISocketHandler.Writable() => Succeed();

    void ISocketHandler.Failed(int error)
    {
        _socket!.Close();
        TryNext(error);
    }

    // Neither is told before somebody asks to receive.
    void ISocketHandler.Received(ReadOnlySpan<byte> bytes) => throw new InvalidOperationException();

    void ISocketHandler.Ended() => throw new InvalidOperationException();

    private static void TimeOut(object? self) =>
        ((LoopConnect)self!).GiveUp(new SocketException((int)SocketError.TimedOut));

    private static void Cancel(object? self)
    {
        var connect = (LoopConnect)self!;
        connect.GiveUp(new OperationCanceledException(connect._cancellation));
    }

    private void Post(Action<object?> action) => loop.Post(action, this);

    private void TryNext(int error)
    {
        while (_next < target.Addresses.Length)
        {
            error = Try(target.Addresses[_next++]);
            if (error == 0)
            {
                return;
            }
        }

        GiveUp(Errno.ToException(error));
    }

    /// <summary>Begins with an address.</summary>
    /// <returns>Why that failed at once; 0 if it did not.</returns>
    private int Try(IPAddress address)
    {
        var descriptor = LibC.Socket(
            SocketName.FamilyOf(address),
            SocketConstants.Stream | SocketConstants.NonBlocking | SocketConstants.CloseOnExec,
            SocketConstants.Tcp);
        if (descriptor < 0)
        {
            return Marshal.GetLastPInvokeError();
        }

        if (DescriptorLimit.LeavesTooFew(descriptor, DescriptorLimit.KeptByNodes))
        {
            return Fail(descriptor, Errno.TooManyFiles);
        }

        SocketOptions.NoDelay(descriptor);
        SocketOptions.KeepAlive(descriptor, target.KeepAlive);
        var error = sources.BindTo(descriptor, address.AddressFamily);
        if (error == 0)
        {
            error = Connect(descriptor, address);
        }

        return error is 0 or Errno.InProgress ? Adopt(descriptor, connecting: error != 0) : Fail(descriptor, error);
    }

    private unsafe int Connect(int descriptor, IPAddress address)
    {
        Span<byte> name = stackalloc byte[SocketName.MaxLength];
        var length = SocketName.Write(name, address, target.Port);
        fixed (byte* start = name)
        {
            return LibC.Connect(descriptor, start, length) == 0 ? 0 : Marshal.GetLastPInvokeError();
        }
    }

    private int Adopt(int descriptor, bool connecting)
    {
        try
        {
            _socket = loop.Adopt(descriptor, this, connecting);
        }
        catch (IOException ex)
        {
            return Fail(descriptor, ex.HResult);
        }

        if (!connecting)
        {
            Succeed();
        }

        return 0;
    }

    private static int Fail(int descriptor, int error)
    {
        _ = LibC.Close(descriptor);
        return error;
    }

    private void Succeed()
    {
        if (!_done)
        {
            End();
            _socket!.Handler = handler;
            _result.SetResult(_socket);
        }
    }

    private void GiveUp(Exception reason)
    {
        if (!_done)
        {
            End();
            _socket?.Close();
            _result.SetException(reason);
        }
    }

    private void End()
    {
        _done = true;
        _deadline?.Dispose();
        _registration.Unregister();
    }
}
