using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace WsBalancer.Proxy.Tests;

/// <summary>A node on a real socket whose response to each request the test specifies.</summary>
internal sealed class TestNode : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _requests = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly IPEndPoint _endpoint;
    private Socket _listener;
    private int _connections;

    public TestNode(string name, bool refuses = false)
    {
        Name = name;
        _listener = Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _endpoint = (IPEndPoint)_listener.LocalEndPoint!;
        OnRequest = AnswerAsync;
        if (!refuses)
        {
            Listen();
        }
    }

    public string Name { get; }

    public string Address => $"http://127.0.0.1:{_endpoint.Port}/";

    /// <summary>The handler of a request. Initially a tunnel that echoes, or 200 with the node's name.</summary>
    public Func<NodeRequest, Task> OnRequest { get; set; }

    /// <summary>The heads of the requests so far. Connections without a head, such as probes, do not count.</summary>
    public IReadOnlyCollection<string> Requests => _requests;

    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Refuses connections from now on; the port stays reserved.</summary>
    public void Refuse()
    {
        _listener.Dispose();
        _listener = Bind(_endpoint);
    }

    public void Listen()
    {
        _listener.Listen();
        _ = AcceptAsync(_listener);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        _stop.Dispose();
    }

    private static Socket Bind(IPEndPoint endpoint)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        socket.Bind(endpoint);
        return socket;
    }

    private Task AnswerAsync(NodeRequest request) =>
        request.IsHandshake ? request.EchoAsync() : request.ReplyAsync(200, Name);

    private async Task AcceptAsync(Socket listener)
    {
        try
        {
            while (true)
            {
                var socket = await listener.AcceptAsync(_stop.Token);
                Interlocked.Increment(ref _connections);
                _ = ServeAsync(socket, _stop.Token);
            }
        }
        catch (Exception ex) when (ex is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            listener.Dispose();
        }
    }

    private async Task ServeAsync(Socket socket, CancellationToken cancellation)
    {
        using var owned = socket;
        try
        {
            if (await NodeRequest.ReadAsync(socket, cancellation) is { } request)
            {
                _requests.Enqueue(request.Head);
                await OnRequest(request);
            }
        }
        catch (Exception ex) when (ex is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }
    }
}
