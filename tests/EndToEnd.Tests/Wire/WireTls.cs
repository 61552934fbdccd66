using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using WsBalancer.EndToEnd.Tests.Clients;

namespace WsBalancer.EndToEnd.Tests.Wire;

/// <summary>A client's connection over TLS for HTTP/1.1. A close_notify precedes its FIN (RFC 8446, 6.1).</summary>
internal sealed class WireTls : WireEnd
{
    private readonly Socket _socket;
    private readonly SslStream _tls;

    private WireTls(Socket socket, SslStream tls) => (_socket, _tls) = (socket, tls);

    public static async Task<WireTls> Connect(int port, TestCertificate certificate, string from = "127.0.0.1")
    {
        using var deadline = Deadline.Start();
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        await socket.ConnectAsync(IPAddress.Loopback, port, deadline.Token);
        var tls = new SslStream(new NetworkStream(socket, ownsSocket: true));
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            ApplicationProtocols = [SslApplicationProtocol.Http11],
            RemoteCertificateValidationCallback = (_, presented, _, _) =>
                presented?.GetCertHashString() == certificate.Certificate.GetCertHashString(),
        };
        await tls.AuthenticateAsClientAsync(options, deadline.Token);
        return new WireTls(socket, tls);
    }

    public override void HalfClose()
    {
        _tls.ShutdownAsync().GetAwaiter().GetResult();
        _socket.Shutdown(SocketShutdown.Send);
    }

    public override void Reset()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Close();
    }

    public override void Dispose() => _tls.Dispose();

    protected override async Task Transmit(ReadOnlyMemory<byte> bytes, CancellationToken cancellation) =>
        await _tls.WriteAsync(bytes, cancellation);

    // The stream wraps the reset of a socket in an IOException.
    protected override async ValueTask<int> Receive(Memory<byte> buffer, CancellationToken cancellation)
    {
        try
        {
            return await _tls.ReadAsync(buffer, cancellation);
        }
        catch (IOException cut) when (cut.InnerException is SocketException inner)
        {
            throw inner;
        }
    }
}
