using System.Net.Sockets;

namespace WsBalancer.Proxy.Tests.Placement.Http;

/// <summary>The requests that reuse a connection, and the time limit of an idle connection.</summary>
public sealed class NodeConnectionPoolTests : IAsyncDisposable
{
    private readonly NodeClientBed _bed = new();

    [Fact]
    public async Task RequestThatMayBeSentTwice_UsesTheConnectionThatWaits()
    {
        using var node = await _bed.ExchangeAsync(HttpMethod.Get);

        var again = _bed.SendAsync(HttpMethod.Get);
        await node.ReadHeadAsync();
        await node.SendAsync(NodeClientBed.Ok);

        Assert.Equal("ok", await NodeClientBed.TextOf(await again));
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    public async Task RequestWithABody_HasAConnectionOfItsOwn(string method)
    {
        using var first = await _bed.ExchangeAsync(HttpMethod.Get);

        var post = _bed.SendAsync(new HttpMethod(method), new StringContent("body"));
        using var second = await _bed.AcceptAsync();
        await second.ReadHeadAsync();
        await second.SendAsync(NodeClientBed.Ok);

        Assert.Equal("ok", await NodeClientBed.TextOf(await post));
    }

    [Fact]
    public async Task Handshake_HasAConnectionOfItsOwn_AndIsSentOnce()
    {
        using var first = await _bed.ExchangeAsync(HttpMethod.Get);
        var request = new HttpRequestMessage(HttpMethod.Get, _bed.Url);
        request.Headers.TryAddWithoutValidation("Upgrade", "websocket");

        var handshake = _bed.Client.SendAsync(request, TestContext.Current.CancellationToken);
        using (var second = await _bed.AcceptAsync())
        {
            await second.ReadHeadAsync();
        }

        await Assert.ThrowsAsync<HttpRequestException>(() => handshake);
        Assert.False(_bed.HasArrival);
    }

    [Fact]
    public async Task ConnectionThatItsNodeHasClosed_IsNotUsed()
    {
        using var first = await _bed.ExchangeAsync(HttpMethod.Get);
        first.Socket.Shutdown(SocketShutdown.Send);

        using var second = await _bed.ExchangeAsync(HttpMethod.Get);

        Assert.Equal(0, await first.ReceiveAsync());
    }

    [Fact]
    public async Task ConnectionThatIsClosedUnderARequest_IsReplacedOnce()
    {
        var again = default(Task<HttpResponseMessage>);
        using (var first = await _bed.ExchangeAsync(HttpMethod.Get))
        {
            again = _bed.SendAsync(HttpMethod.Get);
            await first.ReadHeadAsync();
        }

        using var second = await _bed.AcceptAsync();
        await second.ReadHeadAsync();
        await second.SendAsync(NodeClientBed.Ok);
        Assert.Equal("ok", await NodeClientBed.TextOf(await again));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok and more")]
    public async Task ConnectionThatCannotBeUsedAgain_IsClosed(string response)
    {
        using var first = await _bed.ExchangeAsync(HttpMethod.Get, response);

        Assert.Equal(0, await first.ReceiveAsync());
    }

    [Fact]
    public async Task ConnectionThatWaitsTooLong_IsClosed()
    {
        using var first = await _bed.ExchangeAsync(HttpMethod.Get);
        var end = first.ReceiveAsync();

        _bed.Time.Advance(TimeSpan.FromSeconds(29));
        Assert.False(end.IsCompleted);
        _bed.Time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(0, await end);
    }

    [Fact]
    public async Task ConnectionsBeyondTheLimit_AreClosed()
    {
        var requests = new[] { _bed.SendAsync(HttpMethod.Get), _bed.SendAsync(HttpMethod.Get) };
        using var first = await _bed.AcceptAsync();
        using var second = await _bed.AcceptAsync();
        foreach (var node in new[] { first, second })
        {
            await node.ReadHeadAsync();
            await node.SendAsync(NodeClientBed.Ok);
        }

        foreach (var request in requests)
        {
            Assert.Equal("ok", await NodeClientBed.TextOf(await request));
        }

        Task<int>[] ends = [first.ReceiveAsync(), second.ReceiveAsync()];
        Assert.Equal(0, await await Task.WhenAny(ends));
        _ = Assert.Single(ends, end => end.IsCompleted);
    }

    public ValueTask DisposeAsync() => _bed.DisposeAsync();
}
