using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using WsBalancer.EndToEnd.Tests.Clients;

namespace WsBalancer.EndToEnd.Tests.Transparency.Talking;

/// <summary>A way from a client through a proxy to a node. One dialogue at a time.</summary>
/// <param name="address">Where the proxy listens.</param>
/// <param name="node">The node behind it.</param>
/// <param name="host">The Host that leads to the node.</param>
/// <param name="certificate">If given, the client connects over TLS and expects this certificate.</param>
internal sealed class Way(IPEndPoint address, NodePort node, string host, TestCertificate? certificate = null)
{
    private static int LastSource;

    // A step that succeeds takes a millisecond; only a step that fails takes this long.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // Enough to see that a peer differs, as a case says.
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(500);

    /// <summary>Lets a case take place; the failure, or null.</summary>
    /// <param name="steps">Its steps.</param>
    /// <param name="isToSucceed">Whether it is worth waiting for.</param>
    public async Task<string?> Run(IReadOnlyList<Step> steps, bool isToSucceed = true)
    {
        var pulse = new Pulse();

        // A proxy puts the client's address into every request: those of other dialogues have another one.
        var source = NextSource();
        node.Begin(pulse, source.ToString());
        await using var client = await Connect(pulse, source);
        var names = new Names(host, source.ToString());
        var dialogue = new Dialogue(client, node, names, pulse, isToSucceed ? Patience : Glance);
        try
        {
            return await dialogue.Run(steps);
        }
        finally
        {
            await node.Finish();
        }
    }

    // Loopback addresses of one length: none begins with another.
    private static IPAddress NextSource()
    {
        var number = Interlocked.Increment(ref LastSource);
        return new IPAddress(
            [127, (byte)(100 + number / 22_500 % 150), (byte)(100 + number / 150 % 150), (byte)(100 + number % 150)]);
    }

    private async Task<Party> Connect(Pulse pulse, IPAddress source)
    {
        using var deadline = Deadline.Start();
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Bind(new IPEndPoint(source, 0));
        await socket.ConnectAsync(address, deadline.Token);
        Stream stream = new NetworkStream(socket);
        if (certificate is not null)
        {
            var tls = new SslStream(stream);
            var options = new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                ApplicationProtocols = [SslApplicationProtocol.Http11],
                RemoteCertificateValidationCallback = (_, presented, _, _) =>
                    presented?.GetCertHashString() == certificate.Certificate.GetCertHashString(),
            };
            await tls.AuthenticateAsClientAsync(options, deadline.Token);
            stream = tls;
        }

        return new Party(socket, stream, pulse);
    }
}
