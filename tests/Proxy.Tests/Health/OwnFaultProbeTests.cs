using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Health;
using Yarp.ReverseProxy.Forwarder;

namespace WsBalancer.Proxy.Tests.Health;

public sealed class OwnFaultProbeTests
{
    [Theory]
    [InlineData(24)]
    [InlineData(23)]
    [InlineData(99)]
    [InlineData(105)]
    [InlineData(12)]
    public async Task LocalFault_NeverCountsAgainstTheNode(int error)
    {
        var settings = ChatSettings.OfNodes("ws-1")
            .With(ChatSettings.Yarps + "HealthCheck:Active:Path", "/health")
            .With(ChatSettings.Ours + "Health:Fall", "1");
        var clients = new FailingClients { Failure = Failed(error) };
        await using var app = BalancerApp.Build(
            settings, services => services.AddSingleton<IForwarderHttpClientFactory>(clients));
        await using var watch = new NodeWatch(app.Fleet, app.Chat, app.Node("ws-1"), app.Get<NodeProbe>(), app.Time);
        watch.Start(ex => Assert.Fail(ex.ToString()));
        await app.Time.Until(WatchedNode.IsPause, 1);
        Assert.Equal(NodeHealth.Unknown, watch.Node.Health);

        // The same watch counts a failure of the node.
        clients.Failure = Failed(111);
        app.Time.Advance(TimeSpan.FromSeconds(2.2));
        await app.Time.Until(WatchedNode.IsPause, 2);
        Assert.Equal(NodeHealth.Unhealthy, watch.Node.Health);
    }

    private static HttpRequestException Failed(int error) => new("Cannot connect.", SystemError(error));

    // The constructor takes a SocketError of the platform, as the runtime passes it when a call fails.
    private static SocketException SystemError(int error) => new(error switch
    {
        24 => (int)SocketError.TooManyOpenSockets,
        99 => (int)SocketError.AddressNotAvailable,
        105 => (int)SocketError.NoBufferSpaceAvailable,
        111 => (int)SocketError.ConnectionRefused,
        _ => error,
    });

    private sealed class FailingClients : HttpMessageHandler, IForwarderHttpClientFactory
    {
        public required Exception Failure { get; set; }

        public HttpMessageInvoker CreateClient(ForwarderHttpClientContext context) => new(this, disposeHandler: false);

        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken) => throw Failure;
    }
}
