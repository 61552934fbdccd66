using System.Text;
using WsBalancer.BackendSample.Tests.Support;

namespace WsBalancer.BackendSample.Tests.Serving;

/// <summary>The connection of a WebSocket outlives the request that upgraded it.</summary>
public sealed class HandoverTests : IAsyncLifetime
{
    private const string Echo = """{"type":"echo"}""";

    // A masked frame with "{"type":"echo"}" and a mask of zeros; a Close frame with the code 1000.
    private static readonly byte[] EchoFrame = [0x81, 0x80 | 15, 0, 0, 0, 0, .. Encoding.ASCII.GetBytes(Echo)];
    private static readonly byte[] CloseFrame = [0x88, 0x80 | 2, 0, 0, 0, 0, 0x03, 0xE8];
    private static readonly byte[] Handshake = Encoding.ASCII.GetBytes(RawClient.Handshake);

    private TestNode _node = null!;
    private RawClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _node = await TestNode.StartAsync();
        _client = await RawClient.ConnectAsync(_node.Address);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _node.DisposeAsync();
    }

    [Fact]
    public async Task FramesInTheSamePacketAsTheHandshake_AreRead()
    {
        await _client.WriteAsync([.. Handshake, .. EchoFrame, .. EchoFrame]);

        var answer = await _client.ReadAsync(text => text.Split(Echo).Length == 3);

        Assert.StartsWith("HTTP/1.1 101 Switching Protocols\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("\"welcome\"", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AfterTheCloseHandshake_TheNodeEndsTheConnection()
    {
        await _client.WriteAsync([.. Handshake, .. CloseFrame]);

        // Reads until the end of the connection.
        var answer = await _client.ReadAsync(_ => false);

        Assert.EndsWith("\u0088\u0002\u0003\u00E8", answer, StringComparison.Ordinal);
        await Deadline.UntilAsync(() => _node.Sessions.Count == 0, "the session has ended");
    }

    [Fact]
    public async Task AClientThatEndsWithoutAClose_IsLost()
    {
        await _client.WriteAsync(Handshake);
        await _client.ReadAsync(text => text.Contains("welcome", StringComparison.Ordinal));
        Assert.Equal(1, _node.Sessions.Count);

        _client.EndOutput();

        await Deadline.UntilAsync(() => _node.Sessions.Count == 0, "the session has ended");
    }

    [Fact]
    public async Task AnUpgradeAfterARequestOnTheSameConnection_IsServed()
    {
        await _client.WriteAsync("GET /healthz HTTP/1.1\r\nHost: ws-1\r\n\r\n");
        await _client.ReadAsync(text => text.Contains("connections", StringComparison.Ordinal));

        await _client.WriteAsync([.. Handshake, .. EchoFrame]);

        Assert.EndsWith(
            Echo, await _client.ReadAsync(text => text.EndsWith(Echo, StringComparison.Ordinal)),
            StringComparison.Ordinal);
    }
}
