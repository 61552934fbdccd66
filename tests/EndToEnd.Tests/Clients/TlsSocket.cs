using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using WsBalancer.EndToEnd.Tests.Wire;

namespace WsBalancer.EndToEnd.Tests.Clients;

/// <summary>A connection over TLS that speaks HTTP/1.1. Its FIN follows a close_notify (RFC 8446, 6.1).</summary>
internal sealed class TlsSocket : WireEnd
{
    private readonly Socket _socket;
    private readonly SslStream _tls;

    private TlsSocket(Socket socket, SslStream tls) => (_socket, _tls) = (socket, tls);

    public static async Task<TlsSocket> Connect(int port, TestCertificate certificate)
    {
        using var deadline = Deadline.Start();
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
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
        return new TlsSocket(socket, tls);
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

    protected override async ValueTask<int> Receive(Memory<byte> buffer, CancellationToken cancellation)
    {
        try
        {
            return await _tls.ReadAsync(buffer, cancellation);
        }
        catch (IOException ex) when (ex.InnerException is SocketException reset)
        {
            throw reset;
        }
    }
}
