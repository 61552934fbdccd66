using Microsoft.AspNetCore.Hosting;
using WsBalancer.Proxy.Tests.Sockets.Loops;

namespace WsBalancer.Proxy.Tests.Placement.Clients;

/// <summary>
/// A balancer with two nodes, of which the first behaves as the test specifies, and with one of the clients that send
/// handshakes to nodes.
/// </summary>
internal sealed class ClientFleet : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _nodes = [];
    private BalancerApp? _app;

    /// <summary>Whether the first node accepts a handshake; otherwise it closes the connection.</summary>
    public Func<Task<bool>> FirstAccepts { get; set; } = () => Task.FromResult(true);

    /// <summary>The number of handshakes that each node has received.</summary>
    public (int First, int Second) Handshakes => (FirstHandshakes(), SecondHandshakes());

    /// <summary><c>traceparent</c> and <c>tracestate</c> of each handshake that the first node has received.</summary>
    public IEnumerable<string> Traces => FirstTraces();

    public BalancerApp App => _app!;

    private Func<int> FirstHandshakes { get; set; } = () => 0;

    private Func<IEnumerable<string>> FirstTraces { get; set; } = () => [];

    private Func<int> SecondHandshakes { get; set; } = () => 0;

    /// <summary>The clients: the balancer's, by engine, and the platform's, by the setting that requires it.</summary>
    public static TheoryData<string> Clients =>
        ["sockets", "epoll", "io_uring", "MaxConnectionsPerServer", "RequestHeaderEncoding", "WebProxy", "HTTP/2"];

    public static async Task<ClientFleet> StartAsync(string client)
    {
        var fleet = new ClientFleet();
        var settings = client switch
        {
            "MaxConnectionsPerServer" => fleet.Settings().With(ChatSettings.Yarps + $"HttpClient:{client}", "10"),
            "RequestHeaderEncoding" => fleet.Settings().With(ChatSettings.Yarps + $"HttpClient:{client}", "utf-8"),
            "WebProxy" => fleet.ProxySettings(),
            "HTTP/2" => await fleet.Http2SettingsAsync(),
            _ => fleet.Settings().With("WsBalancer:Sockets:Engine", client),
        };
        var isEngine = Array.IndexOf(["sockets", "epoll", "io_uring"], client) >= 0;
        if (client == "io_uring")
        {
            Engines.SkipWithoutUring();
        }

        fleet._app = BalancerApp.Build(settings, host: host =>
        {
            if (isEngine)
            {
                host.UseWsBalancerSockets();
            }
        });
        await fleet.App.StartAsync();
        return fleet;
    }

    /// <summary>Requests a tunnel for a user whose order is the first node, then the second.</summary>
    public Task<HttpResponseMessage> HandshakeAsync(params string[] headers) =>
        App.HandshakeAsync($"/ws?user={App.UserOf("ws-1", "ws-2")}", headers);

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }

        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }
    }

    private Dictionary<string, string?> Settings()
    {
        var (first, second) = (Add(new TestNode("ws-1")), Add(new TestNode("ws-2")));
        first.OnRequest = async request =>
        {
            if (await FirstAccepts())
            {
                await request.EchoAsync();
            }
        };
        (FirstHandshakes, SecondHandshakes) = (() => first.Requests.Count, () => second.Requests.Count);
        FirstTraces = () => first.Requests.Select(TracesOf);
        return ChatSettings.Of(("ws-1", first.Address), ("ws-2", second.Address));
    }

    // The proxy receives the requests to both nodes and responds for them; the nodes receive only probes.
    private Dictionary<string, string?> ProxySettings()
    {
        var (first, second) = (Add(new TestNode("ws-1")), Add(new TestNode("ws-2")));
        var proxy = Add(new TestNode("proxy"));
        proxy.OnRequest = async request =>
        {
            if (!IsTo(first, request.Head) || await FirstAccepts())
            {
                await request.EchoAsync();
            }
        };
        (FirstHandshakes, SecondHandshakes) =
            (() => proxy.Requests.Count(head => IsTo(first, head)),
            () => proxy.Requests.Count(head => IsTo(second, head)));
        FirstTraces = () => proxy.Requests.Where(head => IsTo(first, head)).Select(TracesOf);
        return ChatSettings.Of(("ws-1", first.Address), ("ws-2", second.Address))
            .With(ChatSettings.Yarps + "HttpClient:WebProxy:Address", proxy.Address);
    }

    private async Task<Dictionary<string, string?>> Http2SettingsAsync()
    {
        var first = Add(await KestrelNode.StartAsync(() => FirstAccepts()));
        var second = Add(await KestrelNode.StartAsync(() => Task.FromResult(true)));
        (FirstHandshakes, SecondHandshakes) = (() => first.Handshakes, () => second.Handshakes);
        FirstTraces = () => first.Traces;
        return ChatSettings.Of(("ws-1", first.Address), ("ws-2", second.Address))
            .With(ChatSettings.Yarps + "HttpRequest:Version", "2")
            .With(ChatSettings.Yarps + "HttpRequest:VersionPolicy", "RequestVersionExact");
    }

    private static string TracesOf(string head) => $"{ValueOf("traceparent", head)} {ValueOf("tracestate", head)}";

    private static string ValueOf(string name, string head) => string.Join(", ", head.Split("\r\n")
        .Where(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))
        .Select(line => line[(name.Length + 1)..].Trim()));

    private static bool IsTo(TestNode node, string head) =>
        head.StartsWith($"GET {node.Address}", StringComparison.Ordinal);

    private T Add<T>(T node)
        where T : IAsyncDisposable
    {
        _nodes.Add(node);
        return node;
    }
}
