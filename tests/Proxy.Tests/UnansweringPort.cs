using System.Net;
using System.Net.Sockets;

namespace WsBalancer.Proxy.Tests;

/// <summary>A port whose backlog is full: whoever connects waits, since the kernel drops what comes on top.</summary>
internal sealed class UnansweringPort : IDisposable
{
    private readonly Socket _listener = Create();
    private readonly Socket[] _waiting = [.. Enumerable.Range(0, 4).Select(_ => Create())];

    public UnansweringPort()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(0);
        Array.ForEach(_waiting, socket => _ = socket.ConnectAsync(_listener.LocalEndPoint!));
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    public string Address => $"http://127.0.0.1:{Port}/";

    public void Dispose()
    {
        Array.ForEach(_waiting, socket => socket.Dispose());
        _listener.Dispose();
    }

    private static Socket Create() => new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
}
