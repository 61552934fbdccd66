using System.Net.Sockets;
using System.Text;
using WsBalancer.BackendSample.Tests.Support;

namespace WsBalancer.BackendSample.Tests.Serving;

/// <summary>The connection of a WebSocket outlives the request that upgraded it.</summary>
public sealed class HandoverTests : IAsyncLifetime
{
    private const string Handshake =
        "GET /ws?user=alice HTTP/1.1\r\nHost: ws-1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

    private const string Echo = """{"type":"echo"}""";

    // A masked frame with "{"type":"echo"}" and a mask of zeros; a Close frame with the code 1000.
    private static readonly byte[] EchoFrame = [0x81, 0x80 | 15, 0, 0, 0, 0, .. Encoding.ASCII.GetBytes(Echo)];
    private static readonly byte[] CloseFrame = [0x88, 0x80 | 2, 0, 0, 0, 0, 0x03, 0xE8];

    private TestNode _node = null!;
    private TcpClient _client = null!;

    private NetworkStream Stream => _client.GetStream();

    public async ValueTask InitializeAsync()
    {
        _node = await TestNode.StartAsync();
        _client = new TcpClient();
        await _client.ConnectAsync(_node.Address.Host, _node.Address.Port, Deadline.Token);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _node.DisposeAsync();
    }

    [Fact]
    public async Task FramesInTheSamePacketAsTheHandshake_AreRead()
    {
        byte[] packet = [.. Encoding.ASCII.GetBytes(Handshake), .. EchoFrame, .. EchoFrame];
        await Stream.WriteAsync(packet, Deadline.Token);

        var answer = await ReadAsync(text => text.Split(Echo).Length == 3);

        Assert.StartsWith("HTTP/1.1 101 Switching Protocols\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("\"welcome\"", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AfterTheCloseHandshake_TheNodeEndsTheConnection()
    {
        await Stream.WriteAsync((byte[])[.. Encoding.ASCII.GetBytes(Handshake), .. CloseFrame], Deadline.Token);

        // Reads until the end of the connection.
        var answer = await ReadAsync(_ => false);

        Assert.EndsWith("\u0088\u0002\u0003\u00E8", answer, StringComparison.Ordinal);
        await Deadline.UntilAsync(() => _node.Sessions.Count == 0, "the session has ended");
    }

    [Fact]
    public async Task AClientThatEndsWithoutAClose_IsLost()
    {
        await Stream.WriteAsync(Encoding.ASCII.GetBytes(Handshake), Deadline.Token);
        await ReadAsync(text => text.Contains("welcome", StringComparison.Ordinal));
        Assert.Equal(1, _node.Sessions.Count);

        _client.Client.Shutdown(SocketShutdown.Send);

        await Deadline.UntilAsync(() => _node.Sessions.Count == 0, "the session has ended");
    }

    [Fact]
    public async Task AnUpgradeAfterARequestOnTheSameConnection_IsServed()
    {
        await Stream.WriteAsync("GET /healthz HTTP/1.1\r\nHost: ws-1\r\n\r\n"u8.ToArray(), Deadline.Token);
        await ReadAsync(text => text.Contains("connections", StringComparison.Ordinal));

        await Stream.WriteAsync((byte[])[.. Encoding.ASCII.GetBytes(Handshake), .. EchoFrame], Deadline.Token);

        await ReadAsync(text => text.EndsWith(Echo, StringComparison.Ordinal));
    }

    // One character for each byte.
    private async Task<string> ReadAsync(Func<string, bool> isEnough)
    {
        var text = new StringBuilder();
        var buffer = new byte[4096];
        int read;
        while (!isEnough(text.ToString()) && (read = await Stream.ReadAsync(buffer, Deadline.Token)) > 0)
        {
            text.Append(Encoding.Latin1.GetString(buffer, 0, read));
        }

        return text.ToString();
    }
}
