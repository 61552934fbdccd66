using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace WsBalancer.Proxy.Sockets.Transport;

/// <summary>An endpoint: one listening socket, at which all of the loops wait for clients.</summary>
internal sealed class LoopListenerSet : IConnectionListener
{
    private readonly IDisposable _socket;
    private readonly LoopAcceptor[] _acceptors;

    // The server's accepting only hands a connection on to the thread pool: that may be done on the loop's thread.
    private readonly Channel<LoopConnection> _accepted = Channel.CreateUnbounded<LoopConnection>(
        new UnboundedChannelOptions { SingleReader = true, AllowSynchronousContinuations = true });

    /// <param name="socket">The owner of the descriptor.</param>
    /// <param name="descriptor">The listening socket, which does not block.</param>
    /// <param name="endPoint">Its address.</param>
    /// <param name="noDelay">Whether its connections send small messages at once.</param>
    /// <param name="acceptors">One for each loop. They are opened by whoever creates the set.</param>
    internal LoopListenerSet(
        IDisposable socket,
        int descriptor,
        EndPoint endPoint,
        bool noDelay,
        Func<LoopListenerSet, LoopAcceptor[]> acceptors)
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

    /// <summary>Whether its connections send small messages at once.</summary>
    public bool NoDelay { get; }

    /// <summary>The own address of all its connections; null if each has another.</summary>
    public EndPoint? LocalEndPoint { get; }

    /// <exception cref="AddressInUseException">Somebody listens there already.</exception>
    /// <exception cref="SocketException">It cannot be listened there.</exception>
    public static async ValueTask<LoopListenerSet> BindAsync(
        EndPoint endPoint, SocketTransportOptions options, Func<LoopListenerSet, LoopAcceptor[]> acceptors)
    {
        var socket = Listen(endPoint, options);
        var set = new LoopListenerSet(
            socket,
            (int)socket.SafeHandle.DangerousGetHandle(),
            socket.LocalEndPoint!,
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

        // What one loop had accepted may be on its way to another.
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

    /// <summary>Where the next client is best taken to. On any of the loops' threads.</summary>
    public LoopAcceptor LeastLoaded()
    {
        var least = _acceptors[0];
        foreach (var acceptor in _acceptors)
        {
            if (acceptor.Loop.Sockets < least.Loop.Sockets)
            {
                least = acceptor;
            }
        }

        return least;
    }

    /// <summary>A client has come. On any of the loops' threads.</summary>
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
        // Whoever awaits it is not to go on on the loop's thread.
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        acceptor.Loop.Post(_ => Run(action, acceptor, done), null);
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
