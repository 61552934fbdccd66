using Microsoft.Extensions.Logging;
using WsBalancer.Sockets.Linux;
using WsBalancer.Sockets.Loops;
using WsBalancer.Sockets.Tcp;

namespace WsBalancer.Sockets.Transport;

/// <summary>Accepts the clients of an endpoint on one loop. All methods are called on the loop's thread.</summary>
internal sealed class LoopAcceptor(
    LoopEndpointListener set,
    LoopPipes pipes,
    DescriptorShortage shortage,
    FirstByteTimeouts firstBytes,
    ILogger logger) : IAcceptHandler
{
    // The kernel chooses the loop that accepts a client. This loop keeps the client unless it has more sockets than the
    // least loaded loop plus an eighth plus 16.
    private const int ImbalanceAllowance = 16;
    private const int ImbalanceDivisor = 8;

    private readonly DescriptorReserve _reserve = new(pipes.Loop.Kernel);
    private LoopListener? _listener;
    private bool _isWaiting;

    public EventLoop Loop { get; } = pipes.Loop;

    public LoopPipes Pipes { get; } = pipes;

    public FirstByteTimeouts FirstBytes { get; } = firstBytes;

    /// <exception cref="IOException">The kernel refused to accept clients.</exception>
    public void Open()
    {
        _reserve.Fill();
        _listener = Loop.Listen(set.Descriptor, this);
        _listener.Accept();
    }

    public void Close()
    {
        _listener?.Close();
        _listener = null;
        _reserve.Free();
    }

    public void Accepted(int descriptor)
    {
        if (DescriptorLimit.LeavesTooFew(Loop.Kernel, descriptor, DescriptorLimit.KeptByAccepted))
        {
            shortage.Record(Errno.TooManyFiles);
            _reserve.Refuse(descriptor, shortage.Refuse());
            return;
        }

        var least = set.LeastLoaded();
        var fewest = least.Loop.SocketCount;
        if (Loop.SocketCount <= fewest + (fewest / ImbalanceDivisor) + ImbalanceAllowance)
        {
            Adopt(descriptor);
        }
        else
        {
            least.Loop.Post(
                static handover =>
                {
                    var (acceptor, descriptor) = ((LoopAcceptor, int))handover;
                    acceptor.Adopt(descriptor);
                },
                (least, descriptor));
        }
    }

    public void AcceptFailed(int error)
    {
        if (error is Errno.TooManyFiles or Errno.TooManyFilesInSystem)
        {
            _reserve.RefuseWaiting(set.Descriptor, shortage.Refuse);
        }

        _isWaiting = true;
        shortage.RecordAcceptFailure(this, error);
    }

    /// <summary>Accepts again after a failure: a descriptor may be free by now.</summary>
    public void Retry()
    {
        if (_isWaiting && _listener is { } listener)
        {
            _isWaiting = false;
            _reserve.Fill();
            try
            {
                listener.Accept();
            }
            catch (IOException ex)
            {
                AcceptFailed(ex.HResult);
            }
        }
    }

    /// <summary>Retries, because a connection of this loop was closed.</summary>
    public void ConnectionEnded() => Retry();

    private void Adopt(int descriptor)
    {
        if (set.NoDelay)
        {
            SocketOptions.NoDelay(Loop.Kernel, descriptor);
        }

        var remote = SocketEndPoints.Remote(Loop.Kernel, descriptor);
        var local = set.LocalEndPoint ?? SocketEndPoints.Local(Loop.Kernel, descriptor);
        if (remote is null || local is null)
        {
            Discard(descriptor, "not connected any more");
            return;
        }

        var connection = new LoopConnection(this, local, remote, logger);
        try
        {
            connection.Start(descriptor);
        }
        catch (IOException ex)
        {
            Discard(descriptor, ex.Message);
            return;
        }

        set.Add(connection);
    }

    private void Discard(int descriptor, string error)
    {
        TransportLog.NotTaken(logger, error);
        _ = Loop.Kernel.Close(descriptor);
    }
}
