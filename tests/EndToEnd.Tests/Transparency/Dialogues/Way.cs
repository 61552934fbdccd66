using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using WsBalancer.EndToEnd.Tests.Clients;

namespace WsBalancer.EndToEnd.Tests.Transparency.Dialogues;

/// <summary>A way from a client through a proxy to a node. One dialogue at a time.</summary>
/// <param name="address">The address of the proxy.</param>
/// <param name="node">The node behind it.</param>
/// <param name="host">The Host of the route to the node.</param>
/// <param name="certificate">The certificate of the proxy, for TLS; null for a client in clear.</param>
internal sealed class Way(IPEndPoint address, NodePort node, string host, TestCertificate? certificate = null)
{
    private static int LastSource;

    // A step that succeeds takes a millisecond; only a step that fails takes this long.
    private static readonly TimeSpan StepTimeout = TimeSpan.FromSeconds(10);

    // Long enough for a step that fails as the case states.
    private static readonly TimeSpan DifferenceTimeout = TimeSpan.FromMilliseconds(500);

    /// <summary>Carries out a case, and returns the failure, or null.</summary>
    /// <param name="steps">The steps of the case.</param>
    /// <param name="isToSucceed">Whether the case is expected to pass.</param>
    public async Task<string?> Run(IReadOnlyList<Step> steps, bool isToSucceed = true)
    {
        var pulse = new Pulse();

        // Each request contains the client's address in a field of the proxy. Each dialogue has its own address.
        var source = NextSource();
        node.Begin(pulse, source.ToString());
        await using var client = await Connect(pulse, source);
        var names = new Names(host, source.ToString());
        var dialogue = new Dialogue(client, node, names, pulse, isToSucceed ? StepTimeout : DifferenceTimeout);
        try
        {
            return await dialogue.Run(steps);
        }
        finally
        {
            await node.Finish();
        }
    }

    // Loopback addresses of equal length: none is a prefix of another.
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
            stream = await certificate.Authenticate(stream, SslApplicationProtocol.Http11, deadline.Token);
        }

        return new Party(socket, stream, pulse);
    }
}
