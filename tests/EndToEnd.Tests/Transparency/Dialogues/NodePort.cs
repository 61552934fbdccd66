using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using WsBalancer.EndToEnd.Tests.Clients;

namespace WsBalancer.EndToEnd.Tests.Transparency.Dialogues;

/// <summary>The port of a node: each connection to it is a party of the current dialogue.</summary>
internal sealed class NodePort : IAsyncDisposable
{
    private readonly List<Party> _connections = [];
    private readonly TestCertificate? _certificate;
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Task _accepting;
    private Pulse _pulse = new();
    private string _mark = "";

    /// <param name="certificate">The certificate of the node, for TLS; null for a node in clear.</param>
    public NodePort(TestCertificate? certificate = null)
    {
        _certificate = certificate;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(512);
        Number = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        _accepting = AcceptAll();
    }

    public int Number { get; }

    /// <summary>
    /// The connections of the dialogue, in the order of arrival, without those of probes, which send nothing, and of
    /// second attempts of an earlier dialogue, which lack the mark.
    /// </summary>
    public IReadOnlyList<Party> Connections
    {
        get
        {
            lock (_connections)
            {
                return [.. _connections.Where(connection => connection.Received is { Length: > 0 } received
                    && received.Contains(_mark, StringComparison.Ordinal))];
            }
        }
    }

    /// <summary>Begins a dialogue.</summary>
    /// <param name="pulse">The signal that a party has received bytes.</param>
    /// <param name="mark">A text that each request of the dialogue contains.</param>
    public void Begin(Pulse pulse, string mark) => (_pulse, _mark) = (pulse, mark);

    /// <summary>Ends a dialogue, and closes all of its connections.</summary>
    public async Task Finish()
    {
        Party[] connections;
        lock (_connections)
        {
            connections = [.. _connections];
            _connections.Clear();
        }

        foreach (var connection in connections)
        {
            await connection.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _accepting;
        await Finish();
    }

    private async Task AcceptAll()
    {
        try
        {
            while (true)
            {
                _ = Serve(await _listener.AcceptAsync());
            }
        }
        catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException)
        {
            return;
        }
    }

    private async Task Serve(Socket socket)
    {
        socket.NoDelay = true;
        Stream stream = new NetworkStream(socket);
        if (_certificate is not null)
        {
            var tls = new SslStream(stream);
            stream = tls;
            try
            {
                await tls.AuthenticateAsServerAsync(_certificate.Certificate);
            }
            catch (Exception probe) when (probe is IOException or AuthenticationException)
            {
                await tls.DisposeAsync();
                return;
            }
        }

        lock (_connections)
        {
            _connections.Add(new Party(socket, stream, _pulse));
        }

        _pulse.Beat();
    }
}
