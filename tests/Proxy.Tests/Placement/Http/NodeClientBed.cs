using System.Net;
using System.Net.Sockets;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Http;
using WsBalancer.Proxy.Placement;
using WsBalancer.Proxy.Placement.Http;
using WsBalancer.Proxy.Sockets;

namespace WsBalancer.Proxy.Tests.Placement.Http;

/// <summary>
/// The HTTP/1.1 client of the balancer on real sockets, with a node whose bytes the test sends. The pool keeps one idle
/// connection.
/// </summary>
internal sealed class NodeClientBed : IAsyncDisposable
{
    public const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private readonly BalancerApp _app = BalancerApp.Build(ChatSettings.Of());
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public NodeClientBed()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        Url = $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndPoint!).Port}/";
        var platform = new SocketsHttpHandler();
        var dialer = _app.Get<NodeDialer>();
        Client = new HttpMessageInvoker(new NodeClient(
            platform,
            new NodeConnector(
                dialer, _app.Get<IClusterSettingsSource>(), "chat", platform.SslOptions, _app.Time),
            new NodeConnectionPool(() => new RequestOptions { IdleConnections = 1 }, dialer, _app.Time),
            _app.Get<HeaderEncoding>(),
            _app.Time));
    }

    public HttpMessageInvoker Client { get; }

    public string Url { get; }

    public TimerLog Time => _app.Time;

    /// <summary>Whether a connection is pending in the backlog.</summary>
    public bool HasArrival => _listener.Poll(TimeSpan.Zero, SelectMode.SelectRead);

    public static Task<string> TextOf(HttpResponseMessage response) =>
        response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

    public Task<HttpResponseMessage> SendAsync(HttpMethod method, HttpContent? content = null, bool expects = false)
    {
        var request = new HttpRequestMessage(method, Url) { Content = content };
        request.Headers.ExpectContinue = expects ? true : null;
        return Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public async Task<NodeEnd> AcceptAsync() =>
        new(await _listener.AcceptAsync(TestContext.Current.CancellationToken).AsTask()
            .WaitAsync(Deadline.Default, TestContext.Current.CancellationToken));

    /// <summary>Sends a request, and reads the whole response.</summary>
    /// <returns>The node's end of the connection.</returns>
    public async Task<NodeEnd> ExchangeAsync(HttpMethod method, string response = Ok)
    {
        var request = SendAsync(method);
        var node = await AcceptAsync();
        await node.ReadHeadAsync();
        await node.SendAsync(response);
        Assert.Equal("ok", await TextOf(await request));
        return node;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        _listener.Dispose();
        await _app.DisposeAsync();
    }
}
