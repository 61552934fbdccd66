using System.Net.Sockets;
using System.Text;

namespace WsBalancer.BackendSample.Tests.Support;

/// <summary>A client that sends the bytes of its handshake and its frames itself.</summary>
internal sealed class RawClient : IDisposable
{
    public const string Handshake =
        "GET /ws?user=alice HTTP/1.1\r\nHost: ws-1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

    private readonly TcpClient _client = new();

    public static async Task<RawClient> ConnectAsync(Uri node)
    {
        var client = new RawClient();
        await client._client.ConnectAsync(node.Host, node.Port, Deadline.Token);
        return client;
    }

    public Task WriteAsync(params ReadOnlySpan<byte> bytes) =>
        _client.GetStream().WriteAsync(bytes.ToArray(), Deadline.Token).AsTask();

    public Task WriteAsync(string text) => WriteAsync(Encoding.ASCII.GetBytes(text));

    /// <summary>Reads until the text is enough, or until the end of the connection.</summary>
    /// <returns>One character for each byte.</returns>
    public async Task<string> ReadAsync(Func<string, bool> isEnough)
    {
        var text = new StringBuilder();
        var buffer = new byte[4096];
        int read;
        while (!isEnough(text.ToString())
            && (read = await _client.GetStream().ReadAsync(buffer, Deadline.Token)) > 0)
        {
            text.Append(Encoding.Latin1.GetString(buffer, 0, read));
        }

        return text.ToString();
    }

    public void EndOutput() => _client.Client.Shutdown(SocketShutdown.Send);

    public void Dispose() => _client.Dispose();
}
