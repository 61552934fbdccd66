using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using WsBalancer.EndToEnd.Tests.Clients;

namespace WsBalancer.EndToEnd.Tests.Transparency.Talking;

/// <summary>The port of a node: each connection to it is a party of the dialogue that runs at the moment.</summary>
internal sealed class NodePort : IAsyncDisposable
{
    private readonly List<Party> _connections = [];
    private readonly TestCertificate? _certificate;
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Task _accepting;
    private Pulse _pulse = new();
    private string _mark = "";

    /// <param name="certificate">If given, the node is reached over TLS.</param>
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
    /// The connections of the dialogue, in the order of arrival. A probe sends nothing, and what a proxy asks again for
    /// an earlier dialogue has not its mark.
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
    /// <param name="pulse">Beats when something arrives.</param>
    /// <param name="mark">What every request of it contains.</param>
    public void Begin(Pulse pulse, string mark) => (_pulse, _mark) = (pulse, mark);

    /// <summary>Ends a dialogue: no connection of it is there for the next one.</summary>
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
