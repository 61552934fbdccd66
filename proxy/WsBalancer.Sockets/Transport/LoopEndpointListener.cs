using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace WsBalancer.Sockets.Transport;

/// <summary>The listener of an endpoint: one listening socket, on which all loops accept clients.</summary>
internal sealed class LoopEndpointListener : IConnectionListener
{
    private readonly IDisposable _socket;
    private readonly LoopAcceptor[] _acceptors;

    // The server's accept loop only queues a connection to the thread pool, so it may run on the loop's thread.
    private readonly Channel<LoopConnection> _accepted = Channel.CreateUnbounded<LoopConnection>(
        new UnboundedChannelOptions { SingleReader = true, AllowSynchronousContinuations = true });

    /// <param name="socket">The owner of the descriptor.</param>
    /// <param name="descriptor">The descriptor of the listening socket, which is non-blocking.</param>
    /// <param name="endPoint">The address of the listening socket.</param>
    /// <param name="noDelay">Whether connections send small messages at once (TCP_NODELAY).</param>
    /// <param name="acceptors">Creates one acceptor for each loop. The caller opens the acceptors.</param>
    internal LoopEndpointListener(
        IDisposable socket,
        int descriptor,
        EndPoint endPoint,
        bool noDelay,
        Func<LoopEndpointListener, LoopAcceptor[]> acceptors)
    {
        _socket = socket;
        NoDelay = noDelay;
        EndPoint = endPoint;
        Descriptor = descriptor;
        LocalEndPoint = EndPoint is IPEndPoint { Address: var address }
            && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any) ? EndPoint : null;
        _acceptors = acceptors(this);
    }

    public EndPoint EndPoint { get; }

    public int Descriptor { get; }

    /// <summary>Whether connections send small messages at once (TCP_NODELAY).</summary>
    public bool NoDelay { get; }

    /// <summary>The local address of all connections; null if the addresses of connections differ.</summary>
    public EndPoint? LocalEndPoint { get; }

    /// <exception cref="AddressInUseException">Another socket listens on the endpoint.</exception>
    /// <exception cref="SocketException">The system cannot listen on the endpoint.</exception>
    public static async ValueTask<LoopEndpointListener> BindAsync(
        EndPoint endPoint, SocketTransportOptions options, Func<LoopEndpointListener, LoopAcceptor[]> acceptors)
    {
        var socket = Listen(endPoint, options);
        var set = new LoopEndpointListener(
            socket,
            (int)socket.SafeHandle.DangerousGetHandle(),
            socket.LocalEndPoint ?? throw new InvalidOperationException("A listening socket has an address."),
            options.NoDelay,
            acceptors);
        try
        {
            await set.OnEachLoopAsync(static acceptor => acceptor.Open());
        }
        catch
        {
            await set.DisposeAsync();
            throw;
        }

        return set;
    }

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (await _accepted.Reader.WaitToReadAsync(cancellationToken))
        {
            if (_accepted.Reader.TryRead(out var connection))
            {
                return connection;
            }
        }

        return null;
    }

    public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        await OnEachLoopAsync(static acceptor => acceptor.Close());

        // A loop may have posted an accepted client to another loop: wait until these posts have run.
        await OnEachLoopAsync(static _ => { });
        _socket.Dispose();
        _accepted.Writer.TryComplete();
    }

    public async ValueTask DisposeAsync()
    {
        await UnbindAsync();
        while (_accepted.Reader.TryRead(out var unserved))
        {
            unserved.Abort(new ConnectionAbortedException("The server has stopped."));
        }
    }

    /// <summary>The acceptor of the loop with the fewest sockets. Called on any loop's thread.</summary>
    public LoopAcceptor LeastLoaded()
    {
        var least = _acceptors[0];
        foreach (var acceptor in _acceptors)
        {
            if (acceptor.Loop.SocketCount < least.Loop.SocketCount)
            {
                least = acceptor;
            }
        }

        return least;
    }

    /// <summary>Queues a new connection for the server. Called on any loop's thread.</summary>
    public void Add(LoopConnection connection) => _accepted.Writer.TryWrite(connection);

    private static Socket Listen(EndPoint endPoint, SocketTransportOptions options)
    {
        Socket? socket = null;
        try
        {
            socket = options.CreateBoundListenSocket(endPoint);
            socket.Listen(options.Backlog);
            socket.Blocking = false;
            return socket;
        }
        catch (SocketException ex)
        {
            socket?.Dispose();
            throw ex.SocketErrorCode == SocketError.AddressAlreadyInUse
                ? new AddressInUseException(ex.Message, ex)
                : ex;
        }
    }

    private Task OnEachLoopAsync(Action<LoopAcceptor> action) => Task.WhenAll(Array.ConvertAll(_acceptors, acceptor =>
    {
        // Code that awaits the task must not continue on the loop's thread.
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        acceptor.Loop.Post(() => Run(action, acceptor, done));
        return done.Task;
    }));

    private static void Run(Action<LoopAcceptor> action, LoopAcceptor acceptor, TaskCompletionSource done)
    {
        try
        {
            action(acceptor);
            done.SetResult();
        }
        catch (Exception ex)
        {
            done.SetException(ex);
        }
    }
}
