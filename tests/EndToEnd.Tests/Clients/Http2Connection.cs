using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using WsBalancer.EndToEnd.Tests.Wire;

namespace WsBalancer.EndToEnd.Tests.Clients;

/// <summary>
/// An HTTP/2 connection of which a test controls each frame: its WebSockets send any bytes and read at any time, and
/// the window of each stream grows only by the bytes that the test has read.
/// </summary>
/// <remarks>The connection sends no more than the server's initial windows: 768 KB per stream, 1 MB in all.</remarks>
internal sealed class Http2Connection : IAsyncDisposable
{
    private const uint LargestWindow = int.MaxValue;
    private const uint FirstWindow = 65_535;
    private const int EnablePush = 2;

    private readonly ConcurrentDictionary<int, Http2Stream> _streams = new();
    private readonly SemaphoreSlim _turn = new(1);
    private readonly CancellationTokenSource _left = new();
    private readonly SslStream _tls;
    private readonly int _port;
    private readonly Task _reading;
    private int _lastStream = -1;

    private Http2Connection(SslStream tls, int port)
    {
        (_tls, _port) = (tls, port);
        _reading = ReadAll();
    }

    public static async Task<Http2Connection> Connect(int port, TestCertificate certificate)
    {
        using var deadline = Deadline.Start();
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port, deadline.Token);
        var tls = await certificate.Authenticate(
            new NetworkStream(socket, ownsSocket: true), SslApplicationProtocol.Http2, deadline.Token);
        await tls.WriteAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray(), deadline.Token);
        var connection = new Http2Connection(tls, port);
        await connection.Send(new(Http2FrameType.Settings, 0, 0, Http2Frame.Numbers((2, EnablePush), (4, 0))));

        // Only the windows of the streams limit the server: a stream that is not read must not block the others.
        var more = Http2Frame.Numbers((4, LargestWindow - FirstWindow));
        await connection.Send(new(Http2FrameType.WindowUpdate, 0, 0, more));
        return connection;
    }

    /// <summary>Opens a WebSocket (RFC 8441), and fails on any status but 200.</summary>
    public async Task<RawClient> Open(string target, params (string Name, string Value)[] headers)
    {
        var stream = await ExtendedConnect("websocket", target, headers);

        Assert.True(await stream.Accepted(), $"Expected 200 for {target}.");
        return new RawClient(_port, stream);
    }

    /// <summary>Sends an extended CONNECT for a protocol (RFC 8441 §4), and accepts any status.</summary>
    public async Task<Http2Stream> ExtendedConnect(
        string protocol, string target, params (string Name, string Value)[] headers)
    {
        var id = Interlocked.Add(ref _lastStream, 2);
        var stream = _streams[id] = new Http2Stream(this, id);
        var request = Http2Frame.Headers([
            (":method", "CONNECT"),
            (":protocol", protocol),
            (":scheme", "https"),
            (":authority", $"127.0.0.1:{_port}"),
            (":path", target),
            ("sec-websocket-version", "13"),
            .. headers,
        ]);
        await Send(new(Http2FrameType.Headers, Http2Frame.EndHeaders, id, request));
        return stream;
    }

    public async Task Send(Http2Frame frame, CancellationToken cancellation = default)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            await _tls.WriteAsync(frame.ToBytes(), CancellationToken.None);
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _left.CancelAsync();
        await _reading;
        await _tls.DisposeAsync();
        _turn.Dispose();
        _left.Dispose();
    }

    private async Task ReadAll()
    {
        var why = "this client left";
        try
        {
            while (true)
            {
                await Take(await Http2Frame.Read(_tls, _left.Token));
            }
        }
        catch (Exception end) when (end is IOException or OperationCanceledException)
        {
            why = end.Message;
        }
        finally
        {
            foreach (var stream in _streams.Values)
            {
                stream.Ended($"The connection ended: {why}");
            }
        }
    }

    private async Task Take(Http2Frame frame)
    {
        if (frame.Type is Http2FrameType.Settings or Http2FrameType.Ping && !frame.Has(Http2Frame.Ack))
        {
            var echo = frame.Type == Http2FrameType.Ping ? frame.Payload : [];
            await Send(new(frame.Type, Http2Frame.Ack, 0, echo));
        }
        else if (_streams.TryGetValue(frame.Stream, out var stream))
        {
            stream.Take(frame);
        }
    }
}
