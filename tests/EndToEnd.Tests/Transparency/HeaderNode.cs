using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using WsBalancer.EndToEnd.Tests.Clients;
using WsBalancer.EndToEnd.Tests.Wire;

namespace WsBalancer.EndToEnd.Tests.Transparency;

/// <summary>
/// A node whose connections begin with a PROXY header. The node records the header and the head of each request, byte
/// for byte, and accepts a handshake, or answers 200 and keeps the connection.
/// </summary>
internal sealed class HeaderNode : IAsyncDisposable
{
    private const int SignatureLength = 12;

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly TestCertificate? _certificate;
    private readonly ConcurrentBag<Socket> _connections = [];
    private readonly ConcurrentQueue<(string Header, string Request)> _seen = new();
    private readonly Task _accepting;

    public HeaderNode(TestCertificate? certificate = null)
    {
        _certificate = certificate;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(512);
        _accepting = Accept();
    }

    public string Address => $"http{(_certificate is null ? "" : "s")}://127.0.0.1:"
        + $"{((IPEndPoint)_listener.LocalEndPoint!).Port}/";

    /// <summary>
    /// The header, version 1 as text and version 2 as hexadecimal digits, and the request; one entry for each request,
    /// and one with an empty request for each connection without.
    /// </summary>
    public IReadOnlyCollection<(string Header, string Request)> Seen => _seen;

    /// <summary>The header before the request for a target, once the request has arrived.</summary>
    public async Task<string> HeaderOf(string target)
    {
        await Deadline.Until($"{target} has arrived", () => _seen.Any(IsFor), () => string.Join('\n', _seen));
        return _seen.Single(IsFor).Header;

        bool IsFor((string Header, string Request) one) =>
            one.Request.StartsWith($"GET {target} ", StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _accepting;
        foreach (var connection in _connections)
        {
            connection.Dispose();
        }
    }

    private async Task Accept()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptAsync();
                _connections.Add(socket);
                _ = Serve(socket);
            }
        }
        catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException)
        {
            return;
        }
    }

    private async Task Serve(Socket socket)
    {
        try
        {
            Stream stream = new NetworkStream(socket, ownsSocket: true);
            var header = await ReadHeader(stream);
            if (_certificate is not null)
            {
                var tls = new SslStream(stream);
                await tls.AuthenticateAsServerAsync(_certificate.Certificate);
                stream = tls;
            }

            await Serve(stream, header);
        }
        catch (Exception left) when (left is IOException or SocketException or ObjectDisposedException)
        {
            // The peer has disconnected, as a probe does.
            return;
        }
    }

    private async Task Serve(Stream stream, string header)
    {
        var isFirst = true;
        while (await ReadTo(stream, "\r\n\r\n") is { } request)
        {
            if (request.Length > 0 || isFirst)
            {
                _seen.Enqueue((header, request));
            }

            if (request.Length == 0)
            {
                return;
            }

            isFirst = false;
            var head = MessageHead.Parse(request);
            var answer = head["Upgrade"] is "websocket"
                ? "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    + $"Sec-WebSocket-Accept: {HandshakeKey.Answer(head["Sec-WebSocket-Key"]!)}\r\n\r\n"
                : "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
            await stream.WriteAsync(Encoding.ASCII.GetBytes(answer));
        }
    }

    private static async Task<string> ReadHeader(Stream stream)
    {
        var first = new byte[1];
        await stream.ReadExactlyAsync(first);
        if (first[0] == 'P')
        {
            return "P" + await ReadTo(stream, "\r\n");
        }

        var rest = new byte[SignatureLength + 3];
        await stream.ReadExactlyAsync(rest);
        var addresses = new byte[(rest[^2] << 8) | rest[^1]];
        await stream.ReadExactlyAsync(addresses);
        return Convert.ToHexString([.. first, .. rest, .. addresses]);
    }

    private static async Task<string> ReadTo(Stream stream, string end)
    {
        var text = new StringBuilder();
        var one = new byte[1];
        while (!text.ToString().EndsWith(end, StringComparison.Ordinal))
        {
            if (await ReadOne(stream, one) == 0)
            {
                break;
            }

            text.Append((char)one[0]);
        }

        return text.ToString();
    }

    // A probe resets its connection.
    private static async Task<int> ReadOne(Stream stream, byte[] one)
    {
        try
        {
            return await stream.ReadAsync(one);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
