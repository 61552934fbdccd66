using System.Net.Sockets;

namespace WsBalancer.Proxy.Tests.Placement.Http;

/// <summary>Bodies, heads and early responses of the HTTP/1.1 client of the balancer.</summary>
public sealed class NodeClientTests : IAsyncDisposable
{
    private readonly NodeClientBed _bed = new();

    [Fact]
    public async Task PieceOfABody_IsSentAtOnce()
    {
        var body = new PiecesContent();
        var post = _bed.SendAsync(HttpMethod.Post, body);
        using var node = await _bed.AcceptAsync();
        Assert.Contains("Transfer-Encoding: chunked", await node.ReadHeadAsync(), StringComparison.Ordinal);

        await body.WriteAsync("a");
        Assert.Equal("1\r\na\r\n", await node.ReadAsync(6));
        await body.WriteAsync("0123456789abcdefg");
        Assert.Equal("11\r\n0123456789abcdefg\r\n", await node.ReadAsync(23));
        body.End();

        Assert.Equal("0\r\n\r\n", await node.ReadAsync(5));
        await node.SendAsync(NodeClientBed.Ok);
        Assert.Equal("ok", await NodeClientBed.TextOf(await post));
    }

    [Fact]
    public async Task EarlyResponse_IsReturned_AndTheBodyIsSentOn()
    {
        var body = new PiecesContent();
        var post = _bed.SendAsync(HttpMethod.Post, body);
        using var node = await _bed.AcceptAsync();
        await node.ReadHeadAsync();
        await node.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");

        using var response = await post;

        Assert.Equal("ok", await NodeClientBed.TextOf(response));
        await body.WriteAsync("a");
        Assert.Equal("1\r\na\r\n", await node.ReadAsync(6));
        body.End();
        Assert.Equal("0\r\n\r\n", await node.ReadAsync(5));
    }

    [Fact]
    public async Task EarlyResponse_OfANodeThatKeepsNoConnection_EndsTheBody()
    {
        var body = new PiecesContent();
        var post = _bed.SendAsync(HttpMethod.Post, body);
        using var node = await _bed.AcceptAsync();
        await node.ReadHeadAsync();
        await body.WriteAsync("a");
        await node.SendAsync("HTTP/1.1 413 Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig");

        using var response = await post;

        Assert.Equal("big", await NodeClientBed.TextOf(response));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => body.Sending);
    }

    [Fact]
    public async Task EarlyResponse_OfANodeThatClosesItsSide_IsReturned()
    {
        var body = new PiecesContent();
        var post = _bed.SendAsync(HttpMethod.Post, body);
        using var node = await _bed.AcceptAsync();
        await node.ReadHeadAsync();
        await node.SendAsync("HTTP/1.1 413 Large\r\n\r\nbig");
        node.Socket.Shutdown(SocketShutdown.Send);

        Assert.Equal("big", await NodeClientBed.TextOf(await post));
    }

    [Fact]
    public async Task BodyThatCannotBeRead_EndsTheRequest()
    {
        var body = new PiecesContent();
        var post = _bed.SendAsync(HttpMethod.Post, body);
        using var node = await _bed.AcceptAsync();
        await node.ReadHeadAsync();

        body.Fail();

        await Assert.ThrowsAsync<HttpRequestException>(() => post);
        Assert.Equal(0, await node.ReceiveAsync());
    }

    [Fact]
    public async Task ExpectedContinue_IsWaitedFor()
    {
        var body = new PiecesContent();
        var post = _bed.SendAsync(HttpMethod.Post, body, expects: true);
        using var node = await _bed.AcceptAsync();
        await node.ReadHeadAsync();
        Assert.False(body.IsBeingSent);

        await node.SendAsync("HTTP/1.1 100 Continue\r\n\r\n");
        await body.WriteAsync("a");
        Assert.Equal("1\r\na\r\n", await node.ReadAsync(6));
        body.End();
        await node.SendAsync(NodeClientBed.Ok);

        Assert.Equal("ok", await NodeClientBed.TextOf(await post));
    }

    [Fact]
    public async Task ResponseInsteadOfContinue_LeavesTheBodyUnread()
    {
        var body = new PiecesContent();
        var post = _bed.SendAsync(HttpMethod.Post, body, expects: true);
        using var node = await _bed.AcceptAsync();
        await node.ReadHeadAsync();
        await node.SendAsync("HTTP/1.1 417 No\r\nContent-Length: 2\r\n\r\nno");

        Assert.Equal("no", await NodeClientBed.TextOf(await post));
        Assert.False(body.IsBeingSent);
    }

    [Fact]
    public async Task Trailers_AreThoseOfTheResponse()
    {
        var get = _bed.SendAsync(HttpMethod.Get);
        using var node = await _bed.AcceptAsync();
        await node.ReadHeadAsync();
        await node.SendAsync(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-A: b\r\nX-C:\xE9 \r\n\r\n");

        using var response = await get;

        Assert.Equal("ok", await NodeClientBed.TextOf(response));
        Assert.Equal("b", response.TrailingHeaders.NonValidated["X-A"].ToString());
        Assert.Equal("\xE9", response.TrailingHeaders.NonValidated["X-C"].ToString());
    }

    [Fact]
    public async Task Head_ThatArrivesBeforeItsBody_IsReturned()
    {
        var get = _bed.SendAsync(HttpMethod.Get);
        using var node = await _bed.AcceptAsync();
        await node.ReadHeadAsync();
        await node.SendAsync("HTTP/1.1 103 Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nX-A: b\r\n\r\n");

        using var response = await get.WaitAsync(Deadline.Default, TestContext.Current.CancellationToken);

        Assert.Equal("b", response.Headers.NonValidated["X-A"].ToString());
    }

    public ValueTask DisposeAsync() => _bed.DisposeAsync();
}
