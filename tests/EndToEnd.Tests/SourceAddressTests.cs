using System.Text.Json.Nodes;
using WsBalancer.EndToEnd.Tests.Fixtures;
using WsBalancer.EndToEnd.Tests.Nodes;

namespace WsBalancer.EndToEnd.Tests;

/// <summary>The source addresses of connections to nodes.</summary>
public sealed class SourceAddressTests
{
    private const string Key = "WsBalancer:Sockets:SourceAddresses";

    [Theory]
    [InlineData("auto")]
    [InlineData("sockets")]
    public async Task Tunnels_UseEverySourceAddress(string engine)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere 127.0.0.1 is the only loopback address.");
        await using var node = ScriptedNode.Start("a");
        await using var balancer = await Balancer.Start(
            BalancerConfig.With(node).Set(Key, new JsonArray("127.0.0.2", "127.0.0.3")), engine);

        var peers = new HashSet<string>();
        for (var i = 0; i < 8; i++)
        {
            using var client = await balancer.Open($"user-{i}");
            var arrival = await node.NextArrival();
            await client.ReadWelcome();
            peers.Add(arrival.Wire.Peer.Address.ToString());
        }

        Assert.Equal(["127.0.0.2", "127.0.0.3"], peers.Order(StringComparer.Ordinal));
    }

    // TEST-NET-1 (RFC 5737): no machine has such an address.
    [Fact]
    public async Task AnAddressThatTheMachineDoesNotHave_FailsTheStart()
    {
        await using var node = ScriptedNode.Start("a");

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(
            () => Balancer.Start(BalancerConfig.With(node).Set(Key, new JsonArray("192.0.2.1"))));

        Assert.Contains(
            "! The configuration has a mistake:\n"
            + "!   WsBalancer:Sockets:SourceAddresses:0 is '192.0.2.1': expected an address of this machine",
            failure.Message,
            StringComparison.Ordinal);
    }
}
