using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Placement;
using WsBalancer.Proxy.Sockets;
using Yarp.ReverseProxy.Configuration;

namespace WsBalancer.Proxy.Tests.Placement;

public sealed class PipelineTests
{
    private const string Plain = "ReverseProxy:Clusters:plain:";

    [Fact]
    public async Task RingClusterWithoutPlacement_FailsTheStart()
    {
        await using var app = BalancerApp.Build(ChatSettings.OfNodes("ws-1"), map: app => app.MapReverseProxy());

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(app.StartAsync);

        Assert.Equal(
            "Cluster 'chat' uses the ring, but the pipeline has no placement: map it with "
            + "app.MapWsBalancer(), or call UseWsBalancer() in the pipeline of MapReverseProxy.",
            failure.Message);
    }

    [Fact]
    public async Task PlacementInAPipelineOfOnesOwn_StartsAndPlaces()
    {
        await using var first = new TestNode("ws-1");
        await using var second = new TestNode("ws-2");
        await using var app = BalancerApp.Build(
            ChatSettings.Of(("ws-1", first.Address), ("ws-2", second.Address)),
            map: app => app.MapReverseProxy(pipeline => pipeline.UseWsBalancer()));
        await app.StartAsync();

        foreach (var node in (string[])["ws-1", "ws-2"])
        {
            var response = await app.SendAsync(HttpMethod.Get, $"/?user={app.UserOf(node)}");
            Assert.Equal(node, await TwoNodes.SourceOf(response));
        }
    }

    [Fact]
    public void Library_WithoutYarp_NamesTheMissingCall()
    {
        var builder = new BareBuilder(new ServiceCollection());

        var failure = Assert.Throws<InvalidOperationException>(builder.AddWsBalancer);

        Assert.Equal("AddWsBalancer must be called after AddReverseProxy.", failure.Message);
    }

    // YARP ends its own tunnel after the idle timeout: by then the ring's tunnel has been idle for as long.
    [Fact]
    public async Task ActivityTimeout_TouchesYarpsTunnelsAndNotOurs()
    {
        await using var node = new TestNode("ws-1");
        await using var app = await BalancerApp.StartAsync(WithPlainCluster(node)
            .With(ChatSettings.Yarps + "HttpRequest:ActivityTimeout", "00:00:01")
            .With(Plain + "HttpRequest:ActivityTimeout", "00:00:01"));
        using var ours = await app.HandshakeAsync("/ws?user=alice");
        await HandshakeTests.AssertEchoAsync(ours);
        using var yarps = await app.HandshakeAsync("/plain/ws");
        await HandshakeTests.AssertEchoAsync(yarps);

        Assert.True(await EndsAsync(yarps));
        await HandshakeTests.AssertEchoAsync(ours);
    }

    [Fact]
    public async Task ClusterThatIsNotOurs_IsBalancedByYarp()
    {
        await using var node = new TestNode("ws-1");
        await using var other = new TestNode("ws-2");
        await using var app = await BalancerApp.StartAsync(WithPlainCluster(node)
            .With(Plain + "Destinations:ws-2:Address", other.Address)
            .With(Plain + "LoadBalancingPolicy", "RoundRobin"));
        var sources = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            sources.Add(await TwoNodes.SourceOf(await app.SendAsync(HttpMethod.Get, "/plain/page?user=alice")));
        }

        Assert.Equal(2, sources.Count(source => source == "ws-1"));
        Assert.NotEqual(sources[0], sources[1]);

        // A tunnel of YARP's own cluster is not registered, and needs no user.
        using var tunnel = await app.HandshakeAsync("/plain/ws");
        await HandshakeTests.AssertEchoAsync(tunnel);
        Assert.Equal(0, app.Tunnels.Count);
    }

    [Fact]
    public void WrongNode_FailsTheLoad()
    {
        var settings = ChatSettings.OfNodes("ws-1").WithWeight("ws-1", 65_536);

        var failure = Assert.ThrowsAny<Exception>(() => BalancerApp.Build(settings));

        Assert.Contains("Metadata:Weight is '65536'", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void RingCluster_IsPreparedForItsNodes()
    {
        var cluster = ClusterOf(WithHealthChecks());

        Assert.Equal(new Version(1, 1), cluster.HttpRequest?.Version);
        Assert.Equal((false, false), (
            cluster.HealthCheck?.Active?.Enabled, cluster.HealthCheck?.Passive?.Enabled));
        Assert.Equal("/health", cluster.HealthCheck?.Active?.Path);
        Assert.Equal(
            new Version(2, 0),
            ClusterOf(WithHealthChecks().With(ChatSettings.Yarps + "HttpRequest:Version", "2"))
                .HttpRequest?.Version);
    }

    [Fact]
    public void Mistakes_HaveTheirKey()
    {
        var cluster = new ClusterConfig
        {
            ClusterId = "chat",
            Destinations = new Dictionary<string, DestinationConfig>
            {
                [new string('a', 254)] = new() { Address = "http://a.invalid/" },
                ["ws-1"] = new() { Address = "ws-1:80" },
                ["ws-2"] = new() { Address = null! },
                ["ws-3"] = new() { Address = "https://ws-3.invalid/" },
            },
        };

        Assert.Equal(
            ["Destinations:" + new string('a', 254), "Destinations:ws-1:Address", "Destinations:ws-2:Address"],
            ClusterFilter.MistakesIn(
                cluster,
                new ClusterSettings([new RingSettings { Algorithm = "nginx" }, new NodeConnectionOptions()])).Select(
                mistake => mistake.Key[ChatSettings.Yarps.Length..]));
    }

    private static Dictionary<string, string?> WithHealthChecks() => ChatSettings.OfNodes("ws-1")
        .With(ChatSettings.Yarps + "HealthCheck:Active:Enabled", "true")
        .With(ChatSettings.Yarps + "HealthCheck:Active:Path", "/health")
        .With(ChatSettings.Yarps + "HealthCheck:Passive:Enabled", "true");

    private static ClusterConfig ClusterOf(Dictionary<string, string?> settings) =>
        BalancerApp.Build(settings).Chat.Current.Yarp.Config;

    private static Dictionary<string, string?> WithPlainCluster(TestNode node) =>
        ChatSettings.Of(("ws-1", node.Address))
            .With("ReverseProxy:Routes:plain:ClusterId", "plain")
            .With("ReverseProxy:Routes:plain:Match:Path", "/plain/{**any}")
            .With(Plain + "Destinations:ws-1:Address", node.Address);

    private static async Task<bool> EndsAsync(HttpResponseMessage tunnel)
    {
        var stream = await tunnel.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        try
        {
            return await stream.ReadAsync(new byte[1], TestContext.Current.CancellationToken) == 0;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private sealed record BareBuilder(IServiceCollection Services) : IReverseProxyBuilder;
}
