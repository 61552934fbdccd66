using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;

namespace WsBalancer.LoadTest.Load;

/// <summary>The smallest WebSocket echo server that .NET's client accepts, on a loopback port, for a warm-up.</summary>
internal sealed class LoopbackEcho : IAsyncDisposable
{
    public const int MaxMessage = 4_096;

    private const int MaxRequest = 4_096;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Task _accepting;

    private LoopbackEcho()
    {
        _listener.Start();
        Address = new Uri($"ws://{_listener.LocalEndpoint}/");
        _accepting = AcceptAsync();
    }

    public Uri Address { get; }

    public static LoopbackEcho Start() => new();

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _accepting;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptTcpClientAsync());
            }
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            // Expected: DisposeAsync stops the listener after the warm-up.
            _listener.Stop();
        }
    }

    private static async Task ServeAsync(TcpClient client)
    {
        using var owned = client;
        var stream = client.GetStream();
        try
        {
            await stream.WriteAsync(UpgradeResponse.To(await ReadRequestAsync(stream)));
            using var socket = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true });
            await EchoAsync(socket);
        }
        catch (Exception failure) when (ConnectionEnd.Is(failure))
        {
            // This connection is not measured; a failure of the client's side appears in the real run too.
            client.Close();
        }
    }

    private static async Task<byte[]> ReadRequestAsync(NetworkStream stream)
    {
        var buffer = new byte[MaxRequest];
        var length = 0;
        while (!buffer.AsSpan(0, length).EndsWith("\r\n\r\n"u8))
        {
            var read = await stream.ReadAsync(buffer.AsMemory(length));
            length += read > 0 ? read : throw new IOException("The request was cut off or is too long.");
        }

        return buffer[..length];
    }

    private static async Task EchoAsync(WebSocket socket)
    {
        var buffer = new byte[MaxMessage];
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
                return;
            }

            await socket.SendAsync(
                buffer.AsMemory(0, part.Count), part.MessageType, part.EndOfMessage, CancellationToken.None);
        }
    }
}
