using System.Net;
using System.Net.Sockets;
using WsBalancer.Proxy.Placement;
using WsBalancer.Proxy.Placement.Http;
using WsBalancer.Proxy.Sockets;
using WsBalancer.Proxy.Sockets.Http;

namespace WsBalancer.Proxy.Tests.Placement.Http;

/// <summary>Our HTTP/1.1 client on real sockets, with a node that the test speaks for by the byte.</summary>
public sealed class NodeClientTests : IAsyncDisposable
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private readonly BalancerApp _app = BalancerApp.Build(ChatSettings.Of());
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly HttpMessageInvoker _client;
    private readonly string _url;

    public NodeClientTests()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _url = $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndPoint!).Port}/";
        var platform = new SocketsHttpHandler();
        _client = new HttpMessageInvoker(new NodeClient(
            platform,
            new NodeConnector(_app.Get<NodeDialer>(), () => null, platform.SslOptions, _app.Time),
            new NodeConnectionPool(() => new RequestOptions { IdleConnections = 1 }, _app.Get<NodeDialer>(), _app.Time),
            _app.Get<HeaderEncoding>(),
            _app.Time));
    }

    [Fact]
    public async Task RequestThatMayBeSentTwice_UsesTheConnectionThatWaits()
    {
        using var node = await ExchangeAsync(HttpMethod.Get);

        var again = SendAsync(HttpMethod.Get);
        await node.ReadHeadAsync();
        await node.SendAsync(Ok);

        Assert.Equal("ok", await TextOf(await again));
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    public async Task RequestWithABody_HasAConnectionOfItsOwn(string method)
    {
        using var first = await ExchangeAsync(HttpMethod.Get);

        var post = SendAsync(new HttpMethod(method), new StringContent("body"));
        using var second = await AcceptAsync();
        await second.ReadHeadAsync();
        await second.SendAsync(Ok);

        Assert.Equal("ok", await TextOf(await post));
    }

    [Fact]
    public async Task Handshake_HasAConnectionOfItsOwn_AndIsSentOnce()
    {
        using var first = await ExchangeAsync(HttpMethod.Get);
        var request = new HttpRequestMessage(HttpMethod.Get, _url);
        request.Headers.TryAddWithoutValidation("Upgrade", "websocket");

        var handshake = _client.SendAsync(request, TestContext.Current.CancellationToken);
        using (var second = await AcceptAsync())
        {
            await second.ReadHeadAsync();
        }

        await Assert.ThrowsAsync<HttpRequestException>(() => handshake);
        Assert.False(_listener.Poll(TimeSpan.Zero, SelectMode.SelectRead));
    }

    [Fact]
    public async Task ConnectionThatItsNodeHasClosed_IsNotUsed()
    {
        (await ExchangeAsync(HttpMethod.Get)).Dispose();

        using var second = await ExchangeAsync(HttpMethod.Get);
    }

    [Fact]
    public async Task ConnectionThatIsClosedUnderARequest_IsReplacedOnce()
    {
        var again = default(Task<HttpResponseMessage>);
        using (var first = await ExchangeAsync(HttpMethod.Get))
        {
            again = SendAsync(HttpMethod.Get);
            await first.ReadHeadAsync();
        }

        using var second = await AcceptAsync();
        await second.ReadHeadAsync();
        await second.SendAsync(Ok);
        Assert.Equal("ok", await TextOf(await again));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok and more")]
    public async Task ConnectionThatCannotBeUsedAgain_IsClosed(string response)
    {
        using var first = await ExchangeAsync(HttpMethod.Get, response);

        Assert.Equal(0, await first.ReceiveAsync());
    }

    [Fact]
    public async Task ConnectionThatWaitsTooLong_IsClosed()
    {
        using var first = await ExchangeAsync(HttpMethod.Get);
        var end = first.ReceiveAsync();

        _app.Time.Advance(TimeSpan.FromSeconds(29));
        Assert.False(end.IsCompleted);
        _app.Time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(0, await end);
    }

    [Fact]
    public async Task ConnectionsBeyondTheLimit_AreClosed()
    {
        var requests = new[] { SendAsync(HttpMethod.Get), SendAsync(HttpMethod.Get) };
        using var first = await AcceptAsync();
        using var second = await AcceptAsync();
        foreach (var node in new[] { first, second })
        {
            await node.ReadHeadAsync();
            await node.SendAsync(Ok);
        }

        foreach (var request in requests)
        {
            Assert.Equal("ok", await TextOf(await request));
        }

        await Task.WhenAny(first.ReceiveAsync(), second.ReceiveAsync()).WaitAsync(Deadline.Default, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task PieceOfABody_IsSentAtOnce()
    {
        var body = new PiecesContent();
        var post = SendAsync(HttpMethod.Post, body);
        using var node = await AcceptAsync();
        Assert.Contains("Transfer-Encoding: chunked", await node.ReadHeadAsync(), StringComparison.Ordinal);

        await body.WriteAsync("a");
        Assert.Equal("1\r\na\r\n", await node.ReadAsync(6));
        await body.WriteAsync("0123456789abcdefg");
        Assert.Equal("11\r\n0123456789abcdefg\r\n", await node.ReadAsync(23));
        body.End();

        Assert.Equal("0\r\n\r\n", await node.ReadAsync(5));
        await node.SendAsync(Ok);
        Assert.Equal("ok", await TextOf(await post));
    }

    [Fact]
    public async Task EarlyResponse_IsReturned_AndTheBodyIsSentOn()
    {
        var body = new PiecesContent();
        var post = SendAsync(HttpMethod.Post, body);
        using var node = await AcceptAsync();
        await node.ReadHeadAsync();
        await node.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");

        using var response = await post;

        Assert.Equal("ok", await TextOf(response));
        await body.WriteAsync("a");
        Assert.Equal("1\r\na\r\n", await node.ReadAsync(6));
        body.End();
        Assert.Equal("0\r\n\r\n", await node.ReadAsync(5));
    }

    [Fact]
    public async Task EarlyResponse_OfANodeThatKeepsNoConnection_EndsTheBody()
    {
        var body = new PiecesContent();
        var post = SendAsync(HttpMethod.Post, body);
        using var node = await AcceptAsync();
        await node.ReadHeadAsync();
        await body.WriteAsync("a");
        await node.SendAsync("HTTP/1.1 413 Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig");

        using var response = await post;

        Assert.Equal("big", await TextOf(response));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => body.Sending);
    }

    [Fact]
    public async Task EarlyResponse_OfANodeThatClosesItsSide_IsReturned()
    {
        var body = new PiecesContent();
        var post = SendAsync(HttpMethod.Post, body);
        using var node = await AcceptAsync();
        await node.ReadHeadAsync();
        await node.SendAsync("HTTP/1.1 413 Large\r\n\r\nbig");
        node.Socket.Shutdown(SocketShutdown.Send);

        Assert.Equal("big", await TextOf(await post));
    }

    [Fact]
    public async Task BodyThatCannotBeRead_EndsTheRequest()
    {
        var body = new PiecesContent();
        var post = SendAsync(HttpMethod.Post, body);
        using var node = await AcceptAsync();
        await node.ReadHeadAsync();

        body.Fail();

        await Assert.ThrowsAsync<HttpRequestException>(() => post);
        Assert.Equal(0, await node.ReceiveAsync());
    }

    [Fact]
    public async Task ExpectedContinue_IsWaitedFor()
    {
        var body = new PiecesContent();
        var post = SendAsync(HttpMethod.Post, body, expects: true);
        using var node = await AcceptAsync();
        await node.ReadHeadAsync();
        Assert.False(body.IsAskedFor);

        await node.SendAsync("HTTP/1.1 100 Continue\r\n\r\n");
        await body.WriteAsync("a");
        Assert.Equal("1\r\na\r\n", await node.ReadAsync(6));
        body.End();
        await node.SendAsync(Ok);

        Assert.Equal("ok", await TextOf(await post));
    }

    [Fact]
    public async Task ResponseInsteadOfContinue_LeavesTheBodyUnread()
    {
        var body = new PiecesContent();
        var post = SendAsync(HttpMethod.Post, body, expects: true);
        using var node = await AcceptAsync();
        await node.ReadHeadAsync();
        await node.SendAsync("HTTP/1.1 417 No\r\nContent-Length: 2\r\n\r\nno");

        Assert.Equal("no", await TextOf(await post));
        Assert.False(body.IsAskedFor);
    }

    [Fact]
    public async Task Trailers_AreThoseOfTheResponse()
    {
        var get = SendAsync(HttpMethod.Get);
        using var node = await AcceptAsync();
        await node.ReadHeadAsync();
        await node.SendAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-A: b\r\nX-C:\xE9 \r\n\r\n");

        using var response = await get;

        Assert.Equal("ok", await TextOf(response));
        Assert.Equal("b", response.TrailingHeaders.NonValidated["X-A"].ToString());
        Assert.Equal("\xE9", response.TrailingHeaders.NonValidated["X-C"].ToString());
    }

    [Fact]
    public async Task Head_ThatArrivesBeforeItsBody_IsReturned()
    {
        var get = SendAsync(HttpMethod.Get);
        using var node = await AcceptAsync();
        await node.ReadHeadAsync();
        await node.SendAsync("HTTP/1.1 103 Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nX-A: b\r\n\r\n");

        using var response = await get.WaitAsync(Deadline.Default, TestContext.Current.CancellationToken);

        Assert.Equal("b", response.Headers.NonValidated["X-A"].ToString());
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        _listener.Dispose();
        await _app.DisposeAsync();
    }

    private static Task<string> TextOf(HttpResponseMessage response) =>
        response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

    private Task<HttpResponseMessage> SendAsync(HttpMethod method, HttpContent? content = null, bool expects = false)
    {
        var request = new HttpRequestMessage(method, _url) { Content = content };
        request.Headers.ExpectContinue = expects ? true : null;
        return _client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private async Task<NodeEnd> AcceptAsync()
    {
        return new NodeEnd(await _listener.AcceptAsync(TestContext.Current.CancellationToken).AsTask()
            .WaitAsync(Deadline.Default, TestContext.Current.CancellationToken));
    }

    // A request and its response, read whole; the node's end of the connection.
    private async Task<NodeEnd> ExchangeAsync(HttpMethod method, string response = Ok)
    {
        var request = SendAsync(method);
        var node = await AcceptAsync();
        await node.ReadHeadAsync();
        await node.SendAsync(response);
        Assert.Equal("ok", await TextOf(await request));
        return node;
    }
}
