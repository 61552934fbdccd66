using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using WsBalancer.EndToEnd.Tests.Wire;

namespace WsBalancer.EndToEnd.Tests.Nodes;

/// <summary>
/// A node on a bare socket whose test determines every byte. The node records every request, and counts every
/// connection, also those without a request (probes).
/// </summary>
internal sealed class ScriptedNode : IAsyncDisposable
{
    private readonly ConcurrentDictionary<WireSocket, Task> _open = new();
    private readonly ConcurrentQueue<MessageHead> _requests = new();
    private readonly ConcurrentQueue<Exception> _failures = new();
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<NodeConnection> _arrivals = Channel.CreateUnbounded<NodeConnection>();
    private readonly Action<Socket>? _configure;
    private Socket _listener;
    private Task _accepting;
    private int _connections;

    private ScriptedNode(string name, Func<NodeConnection, Task> script, Action<Socket>? configure)
    {
        (Name, Script, _configure) = (name, script, configure);
        _listener = Listen(0);
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        _accepting = Accept(_listener);
    }

    public string Name { get; }

    public int Port { get; }

    public string Address => $"http://127.0.0.1:{Port}/";

    /// <summary>The script for the next connections; may change at any time.</summary>
    public Func<NodeConnection, Task> Script { get; set; }

    /// <summary>The number of connections accepted so far.</summary>
    public int Connections => Volatile.Read(ref _connections);

    public IReadOnlyCollection<MessageHead> Requests => _requests;

    public int Upgrades => _requests.Count(request => request["Upgrade"] is "websocket");

    /// <summary>The number of connections whose script has not ended.</summary>
    public int Open => _open.Count;

    /// <param name="name">The id of the node.</param>
    /// <param name="script">The script; null for an echo.</param>
    /// <param name="configure">Called with the listening socket before it listens.</param>
    public static ScriptedNode Start(
        string name, Func<NodeConnection, Task>? script = null, Action<Socket>? configure = null) =>
        new(name, script ?? Nodes.Script.Echo(), configure);

    /// <summary>The next connection with a request, in the order of arrival.</summary>
    public async Task<NodeConnection> NextArrival()
    {
        using var deadline = Deadline.Start();
        return await _arrivals.Reader.ReadAsync(deadline.Token);
    }

    /// <summary>Clears the requests so far and the arrivals that no test has taken.</summary>
    public void Forget()
    {
        _requests.Clear();
        while (_arrivals.Reader.TryRead(out var missed))
        {
            missed.Dispose();
        }
    }

    /// <summary>Closes the listening socket: new connections are refused, and the open ones stay.</summary>
    public async Task StopListening()
    {
        _listener.Dispose();
        await _accepting;
    }

    /// <summary>Listens again on the same port.</summary>
    public void ListenAgain()
    {
        _listener = Listen(Port);
        _accepting = Accept(_listener);
    }

    public async ValueTask DisposeAsync()
    {
        await StopListening();
        _stopped.TrySetResult();
        foreach (var wire in _open.Keys)
        {
            wire.Dispose();
        }

        await Task.WhenAll(_open.Values);
        if (!_failures.IsEmpty)
        {
            throw new AggregateException($"The script of {Name} failed.", _failures);
        }
    }

    private Socket Listen(int port)
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _configure?.Invoke(listener);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        listener.Listen(4096);
        return listener;
    }

    private async Task Accept(Socket listener)
    {
        try
        {
            while (true)
            {
                var socket = await listener.AcceptAsync();
                socket.NoDelay = true;
                Interlocked.Increment(ref _connections);
                var wire = new WireSocket(socket);
                var served = new TaskCompletionSource();
                _open[wire] = served.Task;
                _ = Serve(wire, served);
            }
        }
        catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException)
        {
            return;
        }
    }

    private async Task Serve(WireSocket wire, TaskCompletionSource served)
    {
        try
        {
            using (wire)
            {
                await Run(wire);
            }
        }
        catch (Exception left) when (IsDeparture(left))
        {
            // The peer disconnected or the test ended: neither is a failure of the script.
            served.TrySetResult();
        }
        catch (Exception failure)
        {
            _failures.Enqueue(failure);
        }
        finally
        {
            _open.TryRemove(wire, out _);
            served.TrySetResult();
        }
    }

    private async Task Run(WireSocket wire)
    {
        if (await wire.ReadHead() is not { } request)
        {
            return;
        }

        var connection = new NodeConnection(Name, wire, request, _stopped.Task);
        _requests.Enqueue(request);
        _arrivals.Writer.TryWrite(connection);
        await Script(connection);
    }

    private static bool IsDeparture(Exception exception) =>
        exception is IOException or SocketException or OperationCanceledException or ObjectDisposedException;
}
