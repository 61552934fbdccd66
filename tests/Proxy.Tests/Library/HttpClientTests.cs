using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using WsBalancer.Proxy.Placement;
using WsBalancer.Proxy.Tests.Placement;
using WsBalancer.Sockets.Names;
using Yarp.ReverseProxy.Forwarder;

namespace WsBalancer.Proxy.Tests.Library;

/// <summary>
/// An application's settings of YARP's clients and the balancer's dialer both apply, whichever is configured first.
/// </summary>
public sealed class HttpClientTests
{
    private const string Name = "node.test";

    private readonly List<string> _configured = [];

    // The platform's resolver does not know the name: without the dialer, no connection is possible.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Callback_IsCalled_AndTheDialerConnects(bool before)
    {
        await using var node = new TestNode("ws-1");
        await using var app = await StartAsync(node, before, (context, handler) =>
        {
            _configured.Add(context.ClusterId);
            handler.SslOptions.TargetHost = "other.test";
        });

        await AssertServedAsync(app);

        Assert.Equal(["chat"], _configured);
        Assert.True(app.Get<NodeHttpClientFactory>().MayBypass("chat"));
        Assert.DoesNotContain(app.Logs.GetSnapshot(), line => line.Id.Id is 411 or 412 or 413);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Callback_ThatSetsWhatOnlyThePlatformsClientHas_Holds(bool before)
    {
        await using var node = new TestNode("ws-1");
        await using var app = await StartAsync(
            node, before, (_, handler) => handler.MaxConnectionsPerServer = 1);

        await AssertServedAsync(app);

        Assert.False(app.Get<NodeHttpClientFactory>().MayBypass("chat"));
        Assert.Single(app.Logs.GetSnapshot(), line => line.Id.Id == 411);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Callback_WithAConnectOfItsOwn_Connects(bool before)
    {
        await using var node = new TestNode("ws-1");
        var connects = 0;
        await using var app = await StartAsync(
            node,
            before,
            (_, handler) => handler.ConnectCallback = async (context, cancellation) =>
            {
                Interlocked.Increment(ref connects);
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            });

        await AssertServedAsync(app);

        Assert.Equal(2, connects);
        Assert.Single(app.Logs.GetSnapshot(), line => line.Id.Id == 412);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Callback_WithAConnectOfItsOwnWhereTheBalancerAnnouncesClients_FailsTheStart(bool before)
    {
        var settings = ChatSettings.OfNodes("ws-1").With(ChatSettings.Ours + "ProxyProtocol", "v2");

        var failure = Assert.ThrowsAny<Exception>(() => BalancerApp.Build(settings, proxy: yarp => Add(
            yarp, before, (_, handler) => handler.ConnectCallback = (_, _) => throw new NotSupportedException())));

        Assert.Contains(
            "ProxyProtocol needs the balancer's own connections", failure.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Callback_HoldsForClustersOfYarpToo(bool before)
    {
        await using var node = new TestNode("ws-1");
        await using var app = BalancerApp.Build(
            WithName(node)
                .With("ReverseProxy:Routes:plain:ClusterId", "plain")
                .With("ReverseProxy:Routes:plain:Match:Path", "/plain/{**any}")
                .With("ReverseProxy:Clusters:plain:Destinations:ws-1:Address", node.Address),
            proxy: yarp => Add(yarp, before, (context, _) => _configured.Add(context.ClusterId)));
        await app.StartAsync();

        using var response = await app.SendAsync(HttpMethod.Get, "/plain/page");

        Assert.Equal("ws-1", await TwoNodes.SourceOf(response));
        Assert.Equal(["chat", "plain"], _configured.Order());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task FactoryOfTheApplication_CreatesTheClients_AndTheStartLogsIt(bool before)
    {
        await using var node = new TestNode("ws-1");
        var factory = new OwnFactory();
        await using var app = BalancerApp.Build(ChatSettings.Of(("ws-1", node.Address)), proxy: yarp =>
        {
            if (before)
            {
                yarp.Services.AddSingleton<IForwarderHttpClientFactory>(factory);
            }

            yarp.AddWsBalancer();
            if (!before)
            {
                yarp.Services.AddSingleton<IForwarderHttpClientFactory>(factory);
            }
        });
        await app.StartAsync();

        using var response = await app.SendAsync(HttpMethod.Get, "/?user=alice");

        Assert.Equal("own", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Single(app.Logs.GetSnapshot(), line => line.Id.Id == 413);
    }

    [Fact]
    public void FactoryWithoutHooks_HasNoneToCall()
    {
        using var factory = new OwnFactory();
        using var handler = new SocketsHttpHandler();
        var clients = new ApplicationClients(factory);
        var context = new ForwarderHttpClientContext();

        Assert.Same(factory, clients.Replacement);
        Assert.Throws<InvalidOperationException>(() => clients.CanReuseOldClient(context));
        Assert.Throws<InvalidOperationException>(() => clients.ConfigureHandler(context, handler));
        Assert.Throws<InvalidOperationException>(() => clients.WrapHandler(context, handler));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task FactoryThatWrapsTheHandler_SeesTheRequests(bool before)
    {
        await using var node = new TestNode("ws-1");
        var factory = new WrappingFactory();
        await using var app = BalancerApp.Build(
            WithName(node),
            services => services.AddSingleton<INameResolver, LoopbackResolver>(),
            proxy: yarp =>
            {
                if (before)
                {
                    yarp.Services.AddSingleton<IForwarderHttpClientFactory>(factory);
                }

                yarp.AddWsBalancer();
                if (!before)
                {
                    yarp.Services.AddSingleton<IForwarderHttpClientFactory>(factory);
                }
            });
        await app.StartAsync();

        await AssertServedAsync(app);

        Assert.Equal(2, factory.Requests);
    }

    private static async Task<BalancerApp> StartAsync(
        TestNode node, bool before, Action<ForwarderHttpClientContext, SocketsHttpHandler> configure)
    {
        var app = BalancerApp.Build(
            WithName(node),
            services => services.AddSingleton<INameResolver, LoopbackResolver>(),
            proxy: yarp => Add(yarp, before, configure));
        await app.StartAsync();
        return app;
    }

    private static void Add(
        IReverseProxyBuilder yarp, bool before, Action<ForwarderHttpClientContext, SocketsHttpHandler> configure) =>
        _ = before
            ? yarp.ConfigureHttpClient(configure).AddWsBalancer()
            : yarp.AddWsBalancer().ConfigureHttpClient(configure);

    private static Dictionary<string, string?> WithName(TestNode node) =>
        ChatSettings.Of(("ws-1", node.Address.Replace("127.0.0.1", Name, StringComparison.Ordinal)));

    private static async Task AssertServedAsync(BalancerApp app)
    {
        using var response = await app.SendAsync(HttpMethod.Get, "/?user=alice");
        Assert.Equal("ws-1", await TwoNodes.SourceOf(response));
        using var tunnel = await app.HandshakeAsync("/ws?user=alice");
        await HandshakeTests.AssertEchoAsync(tunnel);
    }

    private sealed class LoopbackResolver : INameResolver
    {
        public Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellation) =>
            Task.FromResult<IPAddress[]>([IPAddress.Loopback]);
    }

    private sealed class OwnFactory : HttpMessageHandler, IForwarderHttpClientFactory
    {
        public HttpMessageInvoker CreateClient(ForwarderHttpClientContext context) => new(this, disposeHandler: false);

        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage { Content = new StringContent("own") });
    }

    private sealed class WrappingFactory : ForwarderHttpClientFactory
    {
        public int Requests { get; private set; }

        protected override HttpMessageHandler WrapHandler(
            ForwarderHttpClientContext context, HttpMessageHandler handler) => new Counter(this, handler);

        private sealed class Counter(WrappingFactory factory, HttpMessageHandler inner) : DelegatingHandler(inner)
        {
            protected override Task<HttpResponseMessage> SendAsync(
                HttpRequestMessage request, CancellationToken cancellationToken)
            {
                factory.Requests++;
                return base.SendAsync(request, cancellationToken);
            }
        }
    }
}
