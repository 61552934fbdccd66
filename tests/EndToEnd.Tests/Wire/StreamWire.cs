using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using WsBalancer.EndToEnd.Tests.Clients;

namespace WsBalancer.EndToEnd.Tests.Wire;

/// <summary>A client's end of a connection that begins with given bytes and continues in clear or over TLS.</summary>
internal sealed class StreamWire(Socket socket, Stream stream) : WireEnd
{
    public IPEndPoint Local { get; } = (IPEndPoint)socket.LocalEndPoint!;

    /// <summary>Connects from a loopback address, and sends the first bytes of the connection.</summary>
    /// <param name="server">The address of the server.</param>
    /// <param name="source">The client's address.</param>
    /// <param name="beginning">The bytes before TLS.</param>
    /// <param name="certificate">The certificate of the server, for TLS; null for a connection in clear.</param>
    public static async Task<StreamWire> Connect(
        IPEndPoint server, string source, ReadOnlyMemory<byte> beginning, TestCertificate? certificate = null)
    {
        using var deadline = Deadline.Start();
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Bind(new IPEndPoint(IPAddress.Parse(source), 0));
        await socket.ConnectAsync(server, deadline.Token);
        Stream stream = new NetworkStream(socket, ownsSocket: true);
        await stream.WriteAsync(beginning, deadline.Token);
        return new StreamWire(
            socket,
            certificate is null
                ? stream
                : await certificate.Authenticate(stream, SslApplicationProtocol.Http11, deadline.Token));
    }

    /// <summary>Connects over TLS.</summary>
    public static Task<StreamWire> Connect(int port, TestCertificate certificate, string source = "127.0.0.1") =>
        Connect(new IPEndPoint(IPAddress.Loopback, port), source, ReadOnlyMemory<byte>.Empty, certificate);

    /// <summary>Sends a handshake, or a plain request, and reads the head of the response.</summary>
    public async Task<MessageHead?> Exchange(string target, bool isHandshake, string headers = "")
    {
        var upgrade = isHandshake
            ? $"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {HandshakeKey.New()}\r\n"
                + "Sec-WebSocket-Version: 13\r\n"
            : "";
        await Send($"GET {target} HTTP/1.1\r\nHost: chat\r\n{upgrade}{headers}\r\n");
        return await ReadHead();
    }

    /// <summary>Sends FIN, after a close_notify if the connection has TLS (RFC 8446, 6.1).</summary>
    public override void HalfClose()
    {
        if (stream is SslStream tls)
        {
            tls.ShutdownAsync().GetAwaiter().GetResult();
        }

        socket.Shutdown(SocketShutdown.Send);
    }

    public override void Reset()
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Close();
    }

    public override void Dispose() => stream.Dispose();

    protected override Task Transmit(ReadOnlyMemory<byte> bytes, CancellationToken cancellation) =>
        stream.WriteAsync(bytes, cancellation).AsTask();

    // The stream wraps the reset of a socket in an IOException.
    protected override async ValueTask<int> Receive(Memory<byte> buffer, CancellationToken cancellation)
    {
        try
        {
            return await stream.ReadAsync(buffer, cancellation);
        }
        catch (IOException failure) when (failure.InnerException is SocketException reset)
        {
            throw reset;
        }
    }
}
