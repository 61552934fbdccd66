using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using WsBalancer.LoadTest.Connections;

namespace WsBalancer.LoadTest.Runs;

/// <summary>The smallest WebSocket echo server that our client accepts, on a loopback port, for a warm-up.</summary>
internal sealed class LoopbackEcho : IAsyncDisposable
{
    public const int MaxMessage = 4_096;

    private const int MaxRequest = 4_096;

    // RFC 6455, section 1.3.
    private const string AcceptSuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

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
            // The listener was stopped: the warm-up is over.
            _listener.Stop();
        }
    }

    private static async Task ServeAsync(TcpClient client)
    {
        using var owned = client;
        var stream = client.GetStream();
        try
        {
            var key = await ReadKeyAsync(stream);
            await stream.WriteAsync(Answer(key));
            using var socket = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true });
            await EchoAsync(socket);
        }
        catch (Exception failure) when (ConnectionEnd.Is(failure))
        {
            // Nobody is measured by this connection; the client's side of a failure shows in the real run.
            client.Close();
        }
    }

    private static async Task<string> ReadKeyAsync(NetworkStream stream)
    {
        const string Name = "Sec-WebSocket-Key:";
        var buffer = new byte[MaxRequest];
        var length = 0;
        while (!buffer.AsSpan(0, length).EndsWith("\r\n\r\n"u8))
        {
            var read = await stream.ReadAsync(buffer.AsMemory(length));
            length += read > 0 ? read : throw new IOException("The request was cut off or is too long.");
        }

        var lines = Encoding.ASCII.GetString(buffer, 0, length).Split("\r\n");
        return lines.First(line => line.StartsWith(Name, StringComparison.OrdinalIgnoreCase))[Name.Length..].Trim();
    }

    [SuppressMessage("Security", "CA5350", Justification = "The protocol asks for SHA-1; it protects nothing.")]
    private static byte[] Answer(string key)
    {
        var accept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + AcceptSuffix)));
        return Encoding.ASCII.GetBytes(
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + $"Sec-WebSocket-Accept: {accept}\r\n\r\n");
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
