using System.Net;
using System.Net.WebSockets;
using WsBalancer.BackendSample.Tests.Support;

namespace WsBalancer.BackendSample.Tests.Serving;

public sealed class HandshakeTests : IAsyncLifetime
{
    private TestNode _node = null!;

    public async ValueTask InitializeAsync() => _node = await TestNode.StartAsync();

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task TheHeader_NamesTheUserToo()
    {
        using var client = new TestClient();
        client.Socket.Options.SetRequestHeader("X-User-Id", "alice");

        await client.Socket.ConnectAsync(TestClient.WebSocketAddress(_node.Address, "/any/path"), Deadline.Token);

        Assert.Equal("""{"type":"welcome","node":"ws-1","user":"alice"}""", await client.ReceiveTextAsync());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1025)]
    public async Task WithoutAUsableUser_TheHandshakeIsRefused(int length)
    {
        using var client = new TestClient();
        client.Socket.Options.CollectHttpResponseDetails = true;

        await Assert.ThrowsAsync<WebSocketException>(() => client.Socket.ConnectAsync(
            TestClient.WebSocketAddress(_node.Address, $"/?user={new string('u', length)}"), Deadline.Token));

        Assert.Equal(HttpStatusCode.BadRequest, client.Socket.HttpStatusCode);
    }

    [Theory]
    [InlineData("/healthz")]
    [InlineData("/stats")]
    [InlineData("/metrics")]
    public async Task APathOfTheNode_AcceptsNoWebSocket(string path)
    {
        using var http = new HttpClient { BaseAddress = _node.Address };

        using var answer = await Handshake.SendAsync(http, $"{path}?user=alice");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task APlainRequest_IsAnsweredThatThisIsAWebSocketNode()
    {
        using var http = new HttpClient();

        using var answer = await http.GetAsync(new Uri(_node.Address, "/ws?user=alice"), Deadline.Token);

        Assert.Equal(HttpStatusCode.UpgradeRequired, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal("websocket", answer.Headers.Upgrade.Single().Name);
    }
}
