using System.Net;
using System.Net.Sockets;

namespace WsBalancer.Proxy.Tests;

/// <summary>A port whose backlog is full: a client waits, since the kernel drops further SYNs.</summary>
internal sealed class UnansweringPort : IDisposable
{
    private readonly Socket _listener;
    private readonly Socket[] _waiting;

    /// <param name="address">A loopback address.</param>
    /// <param name="port">The port; 0 for any free one.</param>
    public UnansweringPort(IPAddress? address = null, int port = 0)
    {
        var endPoint = new IPEndPoint(address ?? IPAddress.Loopback, port);
        _listener = Create(endPoint);
        _waiting = [.. Enumerable.Range(0, 4).Select(_ => Create(endPoint))];
        _listener.Bind(endPoint);
        _listener.Listen(0);
        Array.ForEach(_waiting, socket => _ = socket.ConnectAsync(_listener.LocalEndPoint!));
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    public string Address => $"http://127.0.0.1:{Port}/";

    /// <summary>Accepts all connections from now on. TCP retransmits a SYN after a second.</summary>
    public async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                (await _listener.AcceptAsync(TestContext.Current.CancellationToken)).Dispose();
            }
        }
        catch (Exception ex) when (ex is SocketException or ObjectDisposedException)
        {
            // The port was closed.
            return;
        }
    }

    public void Dispose()
    {
        Array.ForEach(_waiting, socket => socket.Dispose());
        _listener.Dispose();
    }

    private static Socket Create(IPEndPoint endPoint) =>
        new(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
}
