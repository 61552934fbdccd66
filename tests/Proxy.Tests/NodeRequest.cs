using System.Net.Sockets;
using System.Text;

namespace WsBalancer.Proxy.Tests;

/// <summary>A request that reached a <see cref="TestNode"/>, and the node's possible responses.</summary>
internal sealed class NodeRequest
{
    private readonly Socket _socket;
    private readonly CancellationToken _stop;

    private NodeRequest(Socket socket, string head, CancellationToken stop)
    {
        _socket = socket;
        _stop = stop;
        Head = head;
    }

    /// <summary>The request line and the headers.</summary>
    public string Head { get; }

    public bool IsHandshake => Head.Contains("Upgrade: websocket", StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads a head; null if the peer ends the connection without one.</summary>
    public static async Task<NodeRequest?> ReadAsync(Socket socket, CancellationToken stop)
    {
        // The head is read byte by byte, so that the bytes after it stay in the socket.
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await socket.ReceiveAsync(one, stop) == 0)
            {
                return null;
            }

            head.Append((char)one[0]);
        }

        return new NodeRequest(socket, head.ToString(), stop);
    }

    public async Task<string> ReadBodyAsync(int length)
    {
        var body = new byte[length];
        for (var read = 0; read < length;)
        {
            read += await _socket.ReceiveAsync(body.AsMemory(read), _stop);
        }

        return Encoding.ASCII.GetString(body);
    }

    public Task ReplyAsync(int status, string body, params string[] headers) => SendAsync(
        $"HTTP/1.1 {status} Said\r\nConnection: close\r\nContent-Length: {body.Length}\r\n"
        + $"{string.Concat(headers.Select(header => $"{header}\r\n"))}\r\n{body}");

    /// <summary>Announces that the node drains.</summary>
    public Task AnnounceDrainAsync() => ReplyAsync(503, "moving out", "X-WsBalancer-State: draining");

    /// <summary>Opens the tunnel, and returns all bytes until the other side ends it.</summary>
    public async Task EchoAsync()
    {
        // No test checks the value, but the balancer refuses a 101 without Sec-WebSocket-Accept.
        await SendAsync("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
        var buffer = new byte[1024];
        while (await _socket.ReceiveAsync(buffer, _stop) is > 0 and var read)
        {
            await _socket.SendAsync(buffer.AsMemory(0, read), _stop);
        }
    }

    /// <summary>Ends the connection with a reset.</summary>
    public Task ResetAsync()
    {
        _socket.LingerState = new LingerOption(enable: true, seconds: 0);
        _socket.Close();
        return Task.CompletedTask;
    }

    /// <summary>Sends nothing for as long as the node runs.</summary>
    public Task KeepSilentAsync() => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, _stop);

    /// <summary>Sends exactly these bytes.</summary>
    public async Task SendAsync(string text) => await _socket.SendAsync(Encoding.ASCII.GetBytes(text), _stop);
}
