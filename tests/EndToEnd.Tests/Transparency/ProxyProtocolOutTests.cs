using System.Net;
using WsBalancer.EndToEnd.Tests.Fixtures;
using WsBalancer.EndToEnd.Tests.Nodes;

namespace WsBalancer.EndToEnd.Tests.Transparency;

/// <summary>Connections to nodes begin with a PROXY header that announces the client.</summary>
public sealed class ProxyProtocolOutTests(ProxyProtocolFleet fleet) : IClassFixture<ProxyProtocolFleet>
{
    private const string SignatureOfV2 = "0D0A0D0A000D0A515549540A";

    private static int Last;

    public static TheoryData<string, bool> Ways => ProxyProtocolFleet.Ways;

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task AHandshake_AnnouncesItsClient(string engine, bool isSecure)
    {
        foreach (var cluster in (string[])["v1", "v2", "secure"])
        {
            var target = Target(cluster);
            using var wire = await fleet.Connect(engine, isSecure, "127.0.0.5");
            Assert.Equal(101, (await wire.Exchange(target, isHandshake: true))!.Status);

            Assert.Equal(
                Header(cluster, "127.0.0.5", wire.Local.Port, "127.0.0.1", fleet.Port(engine, isSecure)),
                await fleet.NodeOf(cluster).HeaderOf(target));
        }
    }

    // A request does not use an idle connection that was opened for another client.
    [Theory]
    [MemberData(nameof(Ways))]
    public async Task APlainRequest_AnnouncesItsClient(string engine, bool isSecure)
    {
        foreach (var cluster in (string[])["v1", "v2", "secure"])
        {
            foreach (var client in (string[])["127.0.0.5", "127.0.0.6", "127.0.0.5"])
            {
                var target = Target(cluster);
                using var wire = await fleet.Connect(engine, isSecure, client);
                Assert.Equal(200, (await wire.Exchange(target, isHandshake: false))!.Status);

                Assert.Equal(
                    Header(cluster, client, wire.Local.Port, "127.0.0.1", fleet.Port(engine, isSecure)),
                    await fleet.NodeOf(cluster).HeaderOf(target));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task AnAnnouncedClient_IsAnnounced(string engine, bool isSecure)
    {
        var target = Target("v2");
        using var wire = await fleet.Connect(
            engine, isSecure, ProxyProtocolFleet.Trusted, "PROXY TCP6 fd00::7 ::ffff:203.0.113.1 4321 443\r\n");
        Assert.Equal(101, (await wire.Exchange(target, isHandshake: true))!.Status);

        Assert.Equal(
            SignatureOfV2 + "21210024" + "FD000000000000000000000000000007" + "00000000000000000000FFFFCB007101"
                + "10E101BB",
            await fleet.NodeOf("v2").HeaderOf(target));
    }

    [Fact]
    public async Task Probes_AnnounceTheBalancerItself()
    {
        await UntilSeen("v1", "PROXY UNKNOWN\r\n", "");
        await UntilSeen("v2", SignatureOfV2 + "20000000", "");
        await UntilSeen("v1-http", "PROXY UNKNOWN\r\n", "GET /healthz ");
        await UntilSeen("v2-http", SignatureOfV2 + "20000000", "GET /healthz ");
        foreach (var cluster in (string[])["v1", "v2", "v1-http", "v2-http"])
        {
            Assert.DoesNotContain(
                fleet.NodeOf(cluster).Seen, one => one.Request.Contains("/healthz", StringComparison.Ordinal)
                    && one.Header is not ("PROXY UNKNOWN\r\n" or SignatureOfV2 + "20000000"));
        }
    }

    [Fact]
    public async Task TheSetting_IsChecked()
    {
        await using var node = ScriptedNode.Start("a");

        var wrong = await Assert.ThrowsAsync<InvalidOperationException>(() => Balancer.Start(
            BalancerConfig.With(node).Set($"{BalancerConfig.ClusterKey}:ProxyProtocol", "v3")));
        var shared = await Assert.ThrowsAsync<InvalidOperationException>(() => Balancer.Start(
            BalancerConfig.With(node)
                .Set($"{BalancerConfig.ClusterKey}:ProxyProtocol", "v2")
                .Set("ReverseProxy:Clusters:chat:HttpRequest:Version", "2")));

        Assert.Contains(
            "WsBalancer:Clusters:chat:ProxyProtocol is 'v3': expected one of off, v1, v2",
            wrong.Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "expected WsBalancer:Clusters:chat:ProxyProtocol to be off", shared.Message, StringComparison.Ordinal);
    }

    private static string Target(string cluster) => $"/{cluster}/{Interlocked.Increment(ref Last)}?user=alice";

    private static string Header(string cluster, string source, int sourcePort, string destination, int port) =>
        cluster == "v1"
            ? $"PROXY TCP4 {source} {destination} {sourcePort} {port}\r\n"
            : SignatureOfV2 + "2111000C" + Hex(source) + Hex(destination) + $"{sourcePort:X4}{port:X4}";

    private static string Hex(string address) => Convert.ToHexString(IPAddress.Parse(address).GetAddressBytes());

    private Task UntilSeen(string cluster, string header, string request) => Deadline.Until(
        $"a probe of {cluster}",
        () => fleet.NodeOf(cluster).Seen.Any(
            one => one.Header == header && one.Request.StartsWith(request, StringComparison.Ordinal)),
        () => string.Join('\n', fleet.NodeOf(cluster).Seen));
}
