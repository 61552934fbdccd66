using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using WsBalancer.EndToEnd.Tests.Clients;
using WsBalancer.EndToEnd.Tests.Fixtures;
using WsBalancer.EndToEnd.Tests.Wire;

namespace WsBalancer.EndToEnd.Tests.Transparency;

/// <summary>One way into a balancer: an engine, in clear or over TLS.</summary>
internal sealed record Door(string Engine, TestCertificate? Certificate, Balancer Balancer)
{
    public bool IsSecure => Certificate is not null;

    public int Port => Balancer.Urls.Single(url => url.Scheme == (IsSecure ? "https" : "http")).Port;

    /// <summary>Connects and sends these bytes.</summary>
    /// <param name="bytes">As they are, a byte for each character.</param>
    /// <param name="from">The client's address.</param>
    public async Task<WireEnd> Send(string bytes, string from = "127.0.0.1")
    {
        using var deadline = Deadline.Start();
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        await socket.ConnectAsync(IPAddress.Loopback, Port, deadline.Token);
        WireEnd wire = IsSecure ? new WireTls(await Secure(socket, deadline.Token)) : new WireSocket(socket);
        await wire.Send(System.Text.Encoding.Latin1.GetBytes(bytes));
        return wire;
    }

    public override string ToString() => $"{Engine}{(IsSecure ? " over TLS" : "")}";

    private async Task<SslStream> Secure(Socket socket, CancellationToken cancellation)
    {
        var tls = new SslStream(new NetworkStream(socket, ownsSocket: true));
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                RemoteCertificateValidationCallback = (_, presented, _, _) =>
                    presented?.GetCertHashString() == Certificate!.Certificate.GetCertHashString(),
            },
            cancellation);
        return tls;
    }
}
