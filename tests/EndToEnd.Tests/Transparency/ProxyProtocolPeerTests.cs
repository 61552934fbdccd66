using System.Text.Json.Nodes;
using WsBalancer.EndToEnd.Tests.Fixtures;
using WsBalancer.EndToEnd.Tests.Nodes;
using WsBalancer.EndToEnd.Tests.Wire;

namespace WsBalancer.EndToEnd.Tests.Transparency;

/// <summary>The balancer reads the PROXY header of HAProxy, and HAProxy and nginx read that of the balancer.</summary>
public sealed class ProxyProtocolPeerTests
{
    [Theory]
    [InlineData("send-proxy")]
    [InlineData("send-proxy-v2")]
    [InlineData("send-proxy-v2 proxy-v2-options crc32c,unique-id")]
    public async Task BehindHaproxy_TheClientIsTheOneThatItAnnounces(string mode)
    {
        await using var node = ScriptedNode.Start("a");
        await using var balancer = await Balancer.Start(
            BalancerConfig.With(node).Set("WsBalancer:ProxyProtocol:From", new JsonArray("127.0.0.2")));
        await using var haproxy = await ProxyPeer.StartSender(mode, balancer.Port);

        using var client = await StreamWire.Connect(haproxy.EndPoint, "127.0.0.9", ReadOnlyMemory<byte>.Empty);
        Assert.Equal(101, (await client.Exchange("/chat?user=alice", isHandshake: true))!.Status);

        Assert.Equal("127.0.0.9", (await node.NextArrival()).Request["X-Forwarded-For"]);
    }

    [Theory]
    [InlineData("haproxy", "v1")]
    [InlineData("haproxy", "v2")]
    [InlineData("nginx", "v1")]
    [InlineData("nginx", "v2")]
    public async Task ANodeBehindAPeer_ReceivesTheClientsAddress(string name, string version)
    {
        await using var node = ScriptedNode.Start("a");
        await using var peer = await ProxyPeer.StartReceiver(name, node.Port);
        await using var balancer = await Balancer.Start(
            BalancerConfig.With(("a", $"http://{peer.EndPoint}/"))
                .Set($"{BalancerConfig.ClusterKey}:ProxyProtocol", version));
        foreach (var isHandshake in new[] { true, false })
        {
            using var client = await StreamWire.Connect(balancer.Endpoint, "127.0.0.9", ReadOnlyMemory<byte>.Empty);
            Assert.Equal(
                isHandshake ? 101 : 200, (await client.Exchange("/chat?user=alice", isHandshake))!.Status);

            Assert.Equal($"127.0.0.9:{client.Local.Port}", (await node.NextArrival()).Request["X-Seen"]);
        }
    }
}
