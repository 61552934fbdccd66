using System.Net;
using System.Net.Sockets;
using WsBalancer.LoadTest.Load;

namespace WsBalancer.LoadTest.Tests.Compare;

/// <summary>Accepts handshakes and discards all later bytes.</summary>
internal sealed class SilentServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<TcpClient> _clients = [];

    public SilentServer()
    {
        _listener.Start();
        Address = new Uri($"ws://{_listener.LocalEndpoint}/");
        _ = AcceptAsync();
    }

    public Uri Address { get; }

    public void Dispose()
    {
        _listener.Dispose();
        _clients.ForEach(client => client.Dispose());
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync();
                _clients.Add(client);
                var request = new byte[4_096];
                var length = await client.GetStream().ReadAsync(request);
                await client.GetStream().WriteAsync(UpgradeResponse.To(request.AsSpan(0, length)));
            }
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException)
        {
            _listener.Stop();
        }
    }
}
