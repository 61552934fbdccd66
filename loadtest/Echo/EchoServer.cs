using System.Net;
using System.Net.Sockets;
using WsBalancer.LoadTest.Compare;

namespace WsBalancer.LoadTest.Echo;

/// <summary>
/// Echoes every WebSocket message, on one thread and as cheaply as possible: the subject of a measurement is the proxy
/// in front of this server, never this server.
/// </summary>
internal sealed class EchoServer : IDisposable
{
    private const int Backlog = 4_096;
    private const int BufferSize = 65_536;
    private const int BetweenLooksAtStopMs = 100;
    private const int ListenerToken = -1;

    private readonly Socket _listener;
    private readonly Poller _poller = new();
    private readonly List<EchoPeer?> _peers = [];
    private readonly Stack<int> _free = [];
    private readonly byte[] _input = new byte[BufferSize];
    private readonly byte[] _output = new byte[BufferSize + FrameEcho.MaxAdded];

    /// <summary>Begins to listen; port 0 selects any free port.</summary>
    public EchoServer(IPEndPoint listen)
    {
        _listener = new Socket(listen.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        _listener.Bind(listen);
        _listener.Listen(Backlog);
        _listener.Blocking = false;
        _poller.Add(_listener, ListenerToken);
        Address = new Uri($"ws://{_listener.LocalEndPoint}/");
    }

    public Uri Address { get; }

    public void Run(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            foreach (var ready in _poller.Wait(BetweenLooksAtStopMs))
            {
                if (ready.Token == ListenerToken)
                {
                    Accept();
                }
                else if (_peers[ready.Token] is { } peer && !peer.Advance(ready, _input, _output))
                {
                    peer.Dispose();
                    _peers[ready.Token] = null;
                    _free.Push(ready.Token);
                }
            }
        }
    }

    public void Dispose()
    {
        _peers.ForEach(peer => peer?.Dispose());
        _listener.Dispose();
        _poller.Dispose();
    }

    private void Accept()
    {
        try
        {
            var socket = _listener.Accept();
            socket.Blocking = false;
            socket.NoDelay = true;
            if (!_free.TryPop(out var token))
            {
                token = _peers.Count;
                _peers.Add(null);
            }

            _peers[token] = new EchoPeer(socket, token, _poller);
            _poller.Add(socket, token);
        }
        catch (SocketException failure) when (failure.SocketErrorCode is SocketError.WouldBlock
            or SocketError.ConnectionAborted or SocketError.ConnectionReset)
        {
            // The client closed the connection before it was accepted. A client that still waits reports the failure on
            // its side.
            return;
        }
    }
}
