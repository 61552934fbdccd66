using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using WsBalancer.Proxy.Placement.Http;
using WsBalancer.Proxy.Placement.Native;
using WsBalancer.Proxy.Tests.Sockets.Loops;
using WsBalancer.Sockets.Loops;

namespace WsBalancer.Proxy.Tests.Placement.Native;

public sealed class NativePathTests : IAsyncDisposable
{
    private const string Accepted = "HTTP/1.1 101 Go\r\nUpgrade: websocket\r\n\r\n";

    private readonly BalancerApp _app = BalancerApp.Build(ChatSettings.Of());
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _cancellation = new();
    private readonly int _port;

    public NativePathTests()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
    }

    [Theory]
    [ClassData<Engines>]
    public async Task Refusal_IsReadWhole_ThenItsConnectionIsClosed(string engine)
    {
        using var loop = Engines.Start(engine);
        var sending = SendAsync(loop);
        using var node = await AcceptAsync();
        await SendAsync(node, "HTTP/1.1 401 No\r\nContent-Length: 11\r\n\r\nHello");
        using (var response = await InTime(sending))
        {
            await SendAsync(node, " again and what is too much");

            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
            Assert.Equal("Hello again", await ReadAsync(response));
        }

        await Deadline.Until("the connection is closed", () => loop.SocketCount == 0);
    }

    [Theory]
    [ClassData<Engines>]
    public async Task Body_ThatWasReceivedWithItsHead_IsReadWithoutWaiting(string engine)
    {
        using var loop = Engines.Start(engine);
        var sending = SendAsync(loop);
        using var node = await AcceptAsync();
        await SendAsync(node, "HTTP/1.1 401 No\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nHello\r\nno chunk\r\n");
        using var response = await InTime(sending);
        var body = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        var buffer = new byte[3];

        var first = body.ReadAsync(buffer, TestContext.Current.CancellationToken);
        Assert.True(first.IsCompletedSuccessfully);
        Assert.Equal("Hel", Encoding.ASCII.GetString(buffer, 0, await first));
        var second = body.ReadAsync(buffer, TestContext.Current.CancellationToken);
        Assert.True(second.IsFaulted);
        await Assert.ThrowsAsync<HttpIOException>(second.AsTask);
    }

    [Theory]
    [ClassData<Engines>]
    public async Task Refusal_IsReceivedNoFasterThanItIsRead(string engine)
    {
        const int Length = 64 * 1024 * 1024;
        using var loop = Engines.Start(engine);
        var sending = SendAsync(loop);
        using var node = await AcceptAsync();
        await SendAsync(node, $"HTTP/1.1 401 No\r\nContent-Length: {Length}\r\n\r\n");
        var flood = new Flood(node, Length);
        using var response = await InTime(sending);
        var body = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        await body.ReadExactlyAsync(new byte[10], TestContext.Current.CancellationToken);

        await flood.UntilItIsHeldUp();
        var left = Length - 10;
        for (var buffer = new byte[100_000]; left > 0;)
        {
            left -= await body.ReadAsync(buffer, TestContext.Current.CancellationToken);
        }

        Assert.Equal(0, left);
        Assert.Equal(0, await body.ReadAsync(new byte[1], TestContext.Current.CancellationToken));
    }

    [Theory]
    [ClassData<Engines>]
    public async Task Refusal_ThatIsNotRead_IsClosedWithItsAnswer(string engine)
    {
        using var loop = Engines.Start(engine);
        var sending = SendAsync(loop);
        using var node = await AcceptAsync();
        await SendAsync(node, "HTTP/1.1 401 No\r\nContent-Length: 11\r\n\r\n");

        (await InTime(sending)).Dispose();

        await Deadline.Until("the connection is closed", () => loop.SocketCount == 0);
    }

    [Theory]
    [ClassData<Engines>]
    public async Task Upgrade_GivesTheSocketAway_WithTheBytesBehindIt(string engine)
    {
        using var loop = Engines.Start(engine);
        var sending = SendAsync(loop);
        using var node = await AcceptAsync();
        await SendAsync(node, Accepted + "early");
        using var response = await InTime(sending);
        var body = Assert.IsType<NodeResponseBody>(Assert.IsType<ResponseContent>(response.Content).Body);

        var taken = await loop.OnLoop(body.Detach);
        response.Dispose();

        Assert.Equal("early", Encoding.ASCII.GetString(taken.Unread.Span));
        Assert.False(taken.Ended);
        Assert.False(taken.Socket.IsClosed);
        await loop.OnLoop(taken.Socket.Close);
    }

    [Theory]
    [ClassData<Engines>]
    public async Task Upgrade_OfANodeThatHasDisconnected_ReportsItsEnd(string engine)
    {
        using var loop = Engines.Start(engine);
        var sending = SendAsync(loop);
        var node = await AcceptAsync();
        await SendAsync(node, Accepted);
        using var response = await InTime(sending);
        var body = Assert.IsType<NodeResponseBody>(Assert.IsType<ResponseContent>(response.Content).Body);

        Reset(node);

        await Deadline.Until("it is known", () => body.HasFailed);
        var taken = await loop.OnLoop(body.Detach);
        Assert.True(taken.Ended);
        await loop.OnLoop(taken.Socket.Close);
    }

    [Theory]
    [ClassData<Engines>]
    public async Task Cancelled_BeforeTheAnswer_ClosesTheConnection(string engine)
    {
        using var loop = Engines.Start(engine);
        var sending = SendAsync(loop);
        using var node = await AcceptAsync();
        await ReadHeadAsync(node);

        await _cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => InTime(sending));
        Assert.Equal(0, loop.SocketCount);
        Assert.Equal(0, await node.ReceiveAsync(new byte[1], TestContext.Current.CancellationToken));
    }

    [Theory]
    [ClassData<Engines>]
    public async Task Cancelled_WhileItsBodyIsRead_ClosesTheConnection(string engine)
    {
        using var loop = Engines.Start(engine);
        var sending = SendAsync(loop);
        using var node = await AcceptAsync();
        await SendAsync(node, "HTTP/1.1 401 No\r\nContent-Length: 11\r\n\r\n");
        using var response = await InTime(sending);
        var body = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        var reading = body.ReadAsync(new byte[1], _cancellation.Token).AsTask();

        await _cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => InTime(reading));
        Assert.Equal(0, loop.SocketCount);
    }

    [Theory]
    [ClassData<Engines>]
    public async Task RequestThatCannotBeWritten_ClosesTheConnection(string engine)
    {
        using var loop = Engines.Start(engine);

        await Assert.ThrowsAsync<HttpRequestException>(() => SendAsync(loop, ("X-Injected", "a\r\nb: c")));

        Assert.Equal(0, loop.SocketCount);
    }

    [Theory]
    [ClassData<Engines>]
    public async Task Refused_IsAnErrorOfTheConnection(string engine)
    {
        _listener.Close();
        using var loop = Engines.Start(engine);

        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => SendAsync(loop));

        Assert.Equal(HttpRequestError.ConnectionError, failure.HttpRequestError);
        Assert.Equal(
            SocketError.ConnectionRefused, Assert.IsType<SocketException>(failure.InnerException).SocketErrorCode);
    }

    [Theory]
    [ClassData<Engines>]
    public async Task EndBeforeTheAnswer_IsAResponseThatEnded(string engine)
    {
        using var loop = Engines.Start(engine);
        var sending = SendAsync(loop);
        using (var node = await AcceptAsync())
        {
            await ReadHeadAsync(node);
        }

        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => InTime(sending));

        Assert.Equal(HttpRequestError.ResponseEnded, failure.HttpRequestError);
        Assert.IsType<HttpIOException>(failure.InnerException);
        Assert.Equal(0, loop.SocketCount);
    }

    [Theory]
    [ClassData<Engines>]
    public async Task ResetBeforeTheAnswer_IsABrokenConnection(string engine)
    {
        using var loop = Engines.Start(engine);
        var sending = SendAsync(loop);
        var node = await AcceptAsync();
        await ReadHeadAsync(node);
        Reset(node);

        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => InTime(sending));

        Assert.Equal(HttpRequestError.Unknown, failure.HttpRequestError);
        var cause = Assert.IsType<IOException>(failure.InnerException);
        Assert.Equal(SocketError.ConnectionReset, Assert.IsType<SocketException>(cause.InnerException).SocketErrorCode);
        Assert.Equal(0, loop.SocketCount);
    }

    [Theory]
    [ClassData<Engines>]
    public async Task ResetWithinTheHead_IsAnInvalidAnswer(string engine)
    {
        using var loop = Engines.Start(engine);
        var sending = SendAsync(loop);
        var node = await AcceptAsync();
        await ReadHeadAsync(node);
        await SendAsync(node, "HTTP/1.1 1");
        Reset(node);

        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => InTime(sending));

        Assert.Equal(HttpRequestError.InvalidResponse, failure.HttpRequestError);
        Assert.Equal(0, loop.SocketCount);
    }

    public async ValueTask DisposeAsync()
    {
        _cancellation.Dispose();
        _listener.Dispose();
        await _app.DisposeAsync();
    }

    private static void Reset(Socket node) => node.Close(0);

    private static Task<int> SendAsync(Socket node, string payload) =>
        node.SendAsync(Encoding.ASCII.GetBytes(payload), TestContext.Current.CancellationToken).AsTask();

    private static async Task ReadHeadAsync(Socket node)
    {
        var head = "";
        for (var buffer = new byte[1000]; !head.EndsWith("\r\n\r\n", StringComparison.Ordinal);)
        {
            head += Encoding.ASCII.GetString(
                buffer, 0, await node.ReceiveAsync(buffer, TestContext.Current.CancellationToken));
        }
    }

    private static Task<string> ReadAsync(HttpResponseMessage response) =>
        InTime(response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

    private static Task<T> InTime<T>(Task<T> task) =>
        task.WaitAsync(Deadline.Default, TestContext.Current.CancellationToken);

    private Task<Socket> AcceptAsync() => InTime(_listener.AcceptAsync(TestContext.Current.CancellationToken).AsTask());

    private Task<HttpResponseMessage> SendAsync(EventLoop loop, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{_port}/chat");
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return _app.Get<NativePath>().SendAsync(loop, "chat", new DefaultHttpContext(), request, _cancellation.Token);
    }
}
