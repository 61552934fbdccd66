using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using WsBalancer.Proxy.Http;
using WsBalancer.Proxy.Placement.Http;
using WsBalancer.Proxy.Placement.Native;
using WsBalancer.Proxy.Tunnels;
using WsBalancer.Proxy.Tunnels.Native;
using WsBalancer.Sockets.Loops;
using WsBalancer.Sockets.Names;
using WsBalancer.Sockets.ProxyProtocol;
using WsBalancer.Sockets.Transport;

namespace WsBalancer.Proxy.Tests.Sockets.Simulation;

/// <summary>
/// One client: its handshake is sent to a node as the placement does it, and becomes a tunnel. The other part of the
/// class checks the invariants.
/// </summary>
internal sealed partial class Session
{
    public const string Request = "GET /ws HTTP/1.1\r\nHost: a\r\n\r\n";
    public const string Switching = "HTTP/1.1 101 Switching Protocols\r\n\r\n";
    public const string Refusal = "HTTP/1.1 502 Bad Gateway\r\n\r\n";
    public const string Busy = "HTTP/1.1 503 Busy\r\n\r\n";
    public const string Passing = "HTTP/1.1 503 No\r\n\r\n";
    public const string NodeSwitching = "HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: x\r\n\r\n";

    private static readonly TunnelOptions Options = new();

    private readonly World _world;
    private readonly CancellationTokenSource _handshake = new();
    private LoopConnection? _connection;
    private NativeTunnel? _flow;
    private byte[]? _record;
    private bool _hasBegun;
    private bool _hasSwitched;

    public Session(World world, int index)
    {
        _world = world;
        Index = index;
    }

    public int Index { get; }

    public Peer Client { get; set; } = null!;

    public List<Peer> Nodes { get; } = [];

    /// <summary>The disposal of the connection by the server; null before it begins.</summary>
    public Task? Disposed { get; private set; }

    /// <summary>The tunnel; null before it is opened.</summary>
    public Tunnel? Tunnel { get; private set; }

    private EventLoop Loop => _world.Loop;

    private TunnelTerms Terms => new(
        new TunnelIdentity($"t{Index}", new NodeKey("chat", "ws-1"), "alice", "HTTP/1.1"),
        Options,
        new TunnelLedger(),
        _world.Time);

    /// <summary>Serves a client that was accepted.</summary>
    public void Serve(LoopConnection connection)
    {
        _connection = connection;
        if (_world.Temper.IsPooled)
        {
            _world.Other.Schedule(_ => _ = ServeAsync(connection), null);
        }
        else
        {
            _ = ServeAsync(connection);
        }
    }

    /// <summary>Cancels an unfinished handshake, as the server and the placement do after a timeout.</summary>
    public void GiveUp()
    {
        if (Disposed is null)
        {
            _handshake.Cancel();
            _connection?.Abort(new ConnectionAbortedException("It took too long."));
        }
    }

    /// <summary>Ends all peers, except stubborn ones whose other peer ends.</summary>
    public void EndPeers()
    {
        var isClientLeft = Client.IsStubborn && _node is { IsStubborn: false, IsThere: true };
        foreach (var peer in Nodes.Append(Client))
        {
            if (peer == Client ? !isClientLeft : !peer.IsStubborn || Client.IsStubborn || !Client.IsThere)
            {
                peer.End(withReset: _world.Chance.Of(20));
            }
        }
    }

    private async Task ServeAsync(LoopConnection connection)
    {
        try
        {
            await AnswerAsync(connection);
        }
        catch (Exception ex) when (ex is IOException or HttpRequestException or SocketException
            or OperationCanceledException)
        {
            _world.Trace.Add(Client.Socket.Name, $"has a handshake that fails ({ex.GetType().Name})");
            await RefuseAsync(connection);
        }
        catch (Exception ex)
        {
            _world.Check(false, ex.ToString());
        }

        // The last part of the disposal runs on the thread pool.
        Disposed = connection.DisposeAsync().AsTask();
    }

    private async Task AnswerAsync(LoopConnection connection)
    {
        if (!await ReadRequestAsync(connection))
        {
            return;
        }

        var answer = await SendToNodeAsync();
        if (_world.Temper.IsPooled)
        {
            await _world.Other.Hop();
        }

        _hasBegun = true;
        if (answer.StatusCode == HttpStatusCode.SwitchingProtocols)
        {
            _hasSwitched = true;
            await WriteAsync(connection, Switching);
            connection.KeepAlive(Options.KeepAlive);
            await OpenAsync(connection, answer);
        }
        else
        {
            await WriteAsync(connection, Passing);
            await PassOnAsync(connection, answer);
        }
    }

    private async Task RefuseAsync(LoopConnection connection)
    {
        if (_hasBegun)
        {
            connection.Abort(new ConnectionAbortedException("The response cannot be completed."));
        }
        else
        {
            await WriteAsync(connection, Refusal);
        }
    }

    private static async Task<bool> ReadRequestAsync(LoopConnection connection)
    {
        while (true)
        {
            var read = await connection.Input.ReadAsync();
            var bytes = read.Buffer;
            if (bytes.Length >= Request.Length)
            {
                // The server also examines the bytes after the request.
                connection.Input.AdvanceTo(bytes.GetPosition(Request.Length), bytes.End);
                return true;
            }

            connection.Input.AdvanceTo(bytes.Start, bytes.End);
            if (read.IsCompleted)
            {
                return false;
            }
        }
    }

    // The same steps as in NativePath.
    private async Task<HttpResponseMessage> SendToNodeAsync()
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "http://10.0.0.1/ws") { Version = HttpVersion.Version11 };
        request.Headers.Host = "a";
        var addresses = Enumerable.Repeat(IPAddress.Loopback, _world.Chance.Pick(1, 1, 2)).ToArray();
        var target = new ConnectTarget(
            new HostAddresses(addresses, null), World.NodePort + Index, Options.KeepAlive);
        await Loop.Enter();
        var socket = await new LoopConnect(Loop, _world.Sources, target, NoEventsHandler.Instance)
            .StartAsync(TimeSpan.FromSeconds(4), _world.Time, _handshake.Token);
        var exchange = new NodeExchange(
            socket,
            request,
            new HeaderEncoding(_ => Encoding.Latin1),
            ProxyProtocolVersion.Off,
            new DefaultHttpContext(),
            _handshake.Token);
        return await exchange.RunAsync();
    }

    // The same steps as in the handshake of the placement.
    private async Task OpenAsync(LoopConnection connection, HttpResponseMessage answer)
    {
        DetachedSocket? client = null;
        try
        {
            var detaching = connection.DetachAsync();
            if (_world.Temper.IsPooled && _world.Chance.Of(70))
            {
                // The thread may be preempted here.
                await _world.Other.Hop();
            }

            client = await detaching;
        }
        catch (IOException)
        {
            answer.Dispose();
        }

        await Loop.Enter();
        if (client is { } socket)
        {
            Open(socket, ((NodeResponseBody)((ResponseContent)answer.Content).Body).Detach());
        }
        else
        {
            Tunnel = new Tunnel(Terms, ClosedFlow.Instance);
            Tunnel.OnPeerEof(TunnelSide.Client);
            Over(Tunnel);
        }

        if (_world.Temper.IsPooled)
        {
            await _world.Other.Hop();
        }
    }

    private void Open(DetachedSocket client, DetachedSocket node)
    {
        _world.Trace.Add(Client.Socket.Name, "begins a tunnel", client.Unread.Length, node.Unread.Length);
        Began(_world.Kernel.SocketOf(client.Socket.Descriptor), _world.Kernel.SocketOf(node.Socket.Descriptor));
        _unread = client.Unread.Length + node.Unread.Length;
        _flow = new NativeTunnel(Terms, client, node, _world.Temper.MaxBuffered, Over);
        Tunnel = _flow.Tunnel;
        StrictHandler.Guard(_world, client.Socket);
        StrictHandler.Guard(_world, node.Socket);
        _flow.Start();
    }

    private async Task PassOnAsync(LoopConnection connection, HttpResponseMessage answer)
    {
        using (answer)
        {
            var body = ((ResponseContent)answer.Content).Body;
            var buffer = new byte[1000];
            int length;
            do
            {
                // A body that is read on another thread continues on the thread pool.
                await Loop.Enter();
                length = await body.ReadAsync(buffer, _handshake.Token);
                await connection.Output.WriteAsync(buffer.AsMemory(0, length));
            }
            while (length > 0);
        }

        _hasPassedOn = true;
    }

    private static async Task WriteAsync(LoopConnection connection, string text) =>
        await connection.Output.WriteAsync(Encoding.ASCII.GetBytes(text));
}
