using System.Net;

namespace WsBalancer.Proxy.Tests.Placement;

/// <summary>A cluster that the configuration of a running balancer gains.</summary>
public sealed class AddedClusterTests
{
    [Fact]
    public async Task Cluster_AddedByAReload_GetsTheHeadersOfTheBalancer()
    {
        await using var node = new TestNode("ws-9");
        var settings = ChatSettings.OfNodes("ws-1");
        await using var app = BalancerApp.Build(settings);
        await app.StartAsync();
        app.Apply(settings
            .With("WsBalancer:Clusters:other:UserKey", "query:user")
            .With("ReverseProxy:Routes:other:ClusterId", "other")
            .With("ReverseProxy:Routes:other:Match:Path", "/other")
            .With("ReverseProxy:Clusters:other:Destinations:ws-9:Address", node.Address));

        using var response = await app.SendAsync(HttpMethod.Get, "/other?user=alice");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains("X-Real-IP: 127.0.0.1", Assert.Single(node.Requests), StringComparison.OrdinalIgnoreCase);
    }
}
