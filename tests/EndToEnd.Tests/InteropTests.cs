using WsBalancer.EndToEnd.Tests.Fixtures;
using WsBalancer.EndToEnd.Tests.Interop;
using WsBalancer.EndToEnd.Tests.Nodes;

namespace WsBalancer.EndToEnd.Tests;

/// <summary>Third-party clients get the same result through the balancer as without it.</summary>
public sealed class InteropTests(OneNode shared) : IClassFixture<OneNode>
{
    [Fact]
    public async Task NodeJs_SeesTheNodeThroughTheBalancer()
    {
        var balancer = shared.Begin(Script.EchoCompressed("chat.v2"));

        Assert.Equal(InteropResult.Perfect, await InteropClient.RunNode(Url(balancer), "chat.v2", "chat.v1"));
    }

    [Fact]
    public async Task Python_SeesTheNodeThroughTheBalancer()
    {
        var balancer = shared.Begin(Script.EchoCompressed("chat.v2"));

        Assert.Equal(InteropResult.Perfect, await InteropClient.RunPython(Url(balancer), "chat.v2", "chat.v1"));
    }

    [Fact]
    public async Task Both_SeeTheSampleNodeThroughTheBalancer()
    {
        await using var node = await WsNode.Start("ws-1");
        await using var balancer = await Balancer.Start(BalancerConfig.With(node));

        var results = await Task.WhenAll(InteropClient.RunNode(Url(balancer)), InteropClient.RunPython(Url(balancer)));

        Assert.All(results, result => Assert.Equal((14, true, 4001), (result.Echoed, result.Pong, result.CloseCode)));
    }

    private static Uri Url(Balancer balancer) => new($"ws://127.0.0.1:{balancer.Port}/chat?user=alice");
}
