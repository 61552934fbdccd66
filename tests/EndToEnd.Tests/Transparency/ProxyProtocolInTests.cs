using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using WsBalancer.EndToEnd.Tests.Fixtures;
using WsBalancer.EndToEnd.Tests.Nodes;
using WsBalancer.EndToEnd.Tests.Wire;

namespace WsBalancer.EndToEnd.Tests.Transparency;

/// <summary>A proxy in front of the balancer announces its clients with the PROXY protocol, version 1 or 2.</summary>
public sealed class ProxyProtocolInTests(ProxyProtocolFleet fleet) : IClassFixture<ProxyProtocolFleet>
{
    private const string V1 = "PROXY TCP4 198.51.100.7 203.0.113.1 4321 443\r\n";
    private const string SignatureOfV2 = "\r\n\r\n\0\r\nQUIT\n";
    private const string V2 =
        SignatureOfV2 + "\x21\x11\0\x0c" + "\xc6\x33\x64\x07" + "\xcb\0\x71\x01" + "\x10\xe1\x01\xbb";

    private const string Local = SignatureOfV2 + "\x20\0\0\0";

    public static TheoryData<string, bool> Ways => ProxyProtocolFleet.Ways;

    public static TheoryData<string> Engines => ProxyProtocolFleet.Engines;

    public static TheoryData<string, string> Refused
    {
        get
        {
            (string Bytes, string Reason)[] cases =
            [
                ("GET /chat?user=alice HTTP/1.1\r\nHost: chat\r\n\r\n", "missing"),
                ("PROXY TCP4 198.51.100.7 203.0.113.1 4321 99999\r\n", "malformed"),
                ("PROXY TCP4 198.51.100.7\nGET / HTTP/1.1\r\n", "malformed"),
                ("PROXY " + new string('x', 200), "malformed"),
                (SignatureOfV2 + "\x31\x11\0\x0c" + new string('\0', 12), "malformed"),
                (SignatureOfV2 + "\x21\x11\0\x04" + new string('\0', 4), "malformed"),
                (SignatureOfV2 + "\x21\x11\xff\xff", "malformed"),
            ];
            return
            [
                .. from engine in ProxyProtocolFleet.Engines
                   from one in cases
                   select new TheoryDataRow<string, string>(engine.Data, $"{one.Reason}|{one.Bytes}"),
            ];
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task TheAnnouncedClient_IsTheConnections(string engine, bool isSecure)
    {
        foreach (var header in (string[])[V1, V2])
        {
            var request = await RequestAtNode(engine, isSecure, header, isHandshake: true);
            var plain = await RequestAtNode(engine, isSecure, header, isHandshake: false);

            Assert.Equal("198.51.100.7", request["X-Forwarded-For"]);
            Assert.Equal("198.51.100.7", request["X-Real-IP"]);
            Assert.Equal("198.51.100.7", plain["X-Forwarded-For"]);
            Assert.Equal(isSecure ? "https" : "http", request["X-Forwarded-Proto"]);
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task HeaderWithoutAClient_KeepsThePeersAddress(string engine, bool isSecure)
    {
        foreach (var header in (string[])[Local, "PROXY UNKNOWN\r\n", "PROXY UNKNOWN and more\r\n"])
        {
            var request = await RequestAtNode(engine, isSecure, header, isHandshake: true);

            Assert.Equal(ProxyProtocolFleet.Trusted, request["X-Forwarded-For"]);
        }
    }

    // The forwarding headers of an announced client are trusted if its address is that of a trusted proxy.
    [Theory]
    [MemberData(nameof(Engines))]
    public async Task TrustedProxies_AreLookedUpByTheAnnouncedAddress(string engine)
    {
        var trusted = await RequestAtNode(
            engine, false, "PROXY TCP4 192.0.2.50 203.0.113.1 1 2\r\n", true, "X-Forwarded-For: 6.6.6.6\r\n");
        var other = await RequestAtNode(engine, false, V1, true, "X-Forwarded-For: 6.6.6.6\r\n");

        Assert.Equal("6.6.6.6", trusted["X-Real-IP"]);
        Assert.Equal("198.51.100.7", other["X-Real-IP"]);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task TheHeader_MayBeCutAnywhere(string engine)
    {
        foreach (var header in (string[])[V1, V2])
        {
            using var wire = await fleet.Connect(engine, isSecure: false, ProxyProtocolFleet.Trusted);
            foreach (var one in header)
            {
                await wire.Send(new[] { (byte)one });
            }

            Begin();
            Assert.Equal(101, (await wire.Exchange("/chat?user=alice", isHandshake: true))!.Status);
            Assert.Equal("198.51.100.7", (await fleet.Plain.NextArrival()).Request["X-Forwarded-For"]);
        }
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task TheHeader_AndTheRequest_MayArriveAtOnce(string engine)
    {
        Begin();
        const string Request = "GET /chat?user=alice HTTP/1.1\r\nHost: chat\r\n\r\n";
        using var wire = await fleet.Connect(engine, isSecure: false, ProxyProtocolFleet.Trusted, V2 + Request);

        Assert.Equal(200, (await wire.ReadHead())!.Status);
        Assert.Equal("198.51.100.7", (await fleet.Plain.NextArrival()).Request["X-Forwarded-For"]);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task ATunnel_StillTakesTheNativePath(string engine)
    {
        Begin();
        using var wire = await fleet.Connect(engine, isSecure: false, ProxyProtocolFleet.Trusted, V2);
        Assert.Equal(101, (await wire.Exchange("/chat?user=native", isHandshake: true))!.Status);
        await wire.ReadFrame();

        var scrape = await fleet.On(engine).Scrape();

        Assert.True(scrape.Sum(
            "wsbalancer_tunnels_active_by_path", $"path=\"{(engine == "sockets" ? "portable" : "native")}\"") > 0);
        await wire.Send(Frame.Text("hello").Masked().ToBytes());
        Assert.Equal("hello", Encoding.UTF8.GetString((await wire.ReadFrame()).Payload));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task OverHttp2_TheAnnouncedClient_IsTheConnections(string engine)
    {
        Begin();
        using var client = fleet.Http2(engine, V1);

        using var answer = await client.GetAsync("/chat?user=alice", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("198.51.100.7", (await fleet.Plain.NextArrival()).Request["X-Forwarded-For"]);
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task AConnectionWithoutAValidHeader_IsClosedAndCounted(string engine, string connection)
    {
        var (reason, bytes) = connection.Split('|', 2) is [var first, var second] ? (first, second) : ("", "");
        var before = await Count(engine, reason);
        using var wire = await fleet.Connect(engine, isSecure: false, ProxyProtocolFleet.Trusted, bytes);

        Assert.Empty((await wire.ReadToEnd()).Bytes);
        await Deadline.Until("the rejection is counted", async () => await Count(engine, reason) == before + 1);
        await Deadline.Until(
            "the warning is logged",
            () => fleet.On(engine).Process.Output.Contains("its PROXY header is", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task AHeaderThatIsLate_IsNotWaitedFor(string engine, bool isSecure)
    {
        var before = await Count(engine, "timeout");
        using var wire = await StreamWire.Connect(
            fleet.EndPoint(engine, isSecure), ProxyProtocolFleet.Trusted, "PROXY TC"u8.ToArray());

        Assert.Empty((await wire.ReadToEnd()).Bytes);
        await Deadline.Until("the rejection is counted", async () => await Count(engine, "timeout") == before + 1);
    }

    // The health check of a proxy in front only connects, without a header.
    [Theory]
    [MemberData(nameof(Engines))]
    public async Task AConnectionThatEndsBeforeItsHeader_IsNotCounted(string engine)
    {
        var before = (await fleet.On(engine).Scrape()).Sum("wsbalancer_rejected_total");
        using var wire = await fleet.Connect(engine, isSecure: false, ProxyProtocolFleet.Trusted);

        wire.HalfClose();

        Assert.Empty((await wire.ReadToEnd()).Bytes);
        Assert.Equal(before, (await fleet.On(engine).Scrape()).Sum("wsbalancer_rejected_total"));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task FromAnyOtherPeer_AHeaderIsABadRequest(string engine)
    {
        using var wire = await fleet.Connect(engine, isSecure: false, "127.0.0.1", V1);

        Assert.Equal(400, (await wire.Exchange("/chat?user=alice", isHandshake: true))!.Status);
    }

    [Fact]
    public async Task TheSetting_HoldsForNewConnections_FromAReloadOn()
    {
        await using var node = ScriptedNode.Start("a");
        var config = BalancerConfig.With(node);
        await using var balancer = await Balancer.Start(config);
        using var without = await balancer.Open("alice");

        await balancer.Write(config.Set("WsBalancer:ProxyProtocol:From", "127.0.0.0/8").ToString());

        await Deadline.Until("headers are read", async () =>
        {
            using var wire = await StreamWire.Connect(balancer.Endpoint, "127.0.0.3", Encoding.Latin1.GetBytes(V1));
            return (await wire.Exchange("/chat?user=alice", isHandshake: true))?.Status == 101;
        });
        await without.ReadWelcome();
        Assert.Equal(1000, await without.Close());
    }

    [Fact]
    public async Task TheSettings_AreChecked()
    {
        await using var node = ScriptedNode.Start("a");

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => Balancer.Start(BalancerConfig.With(node)
            .Set("WsBalancer:ProxyProtocol:From", new JsonArray("10.0.0.0/8", "10.0.0.0/33"))
            .Set("WsBalancer:ProxyProtocol:Timeout", "0s")
            .Set("WsBalancer:ProxyProtocol:Form", "10.0.0.0/8")));

        Assert.Contains(
            "WsBalancer:ProxyProtocol:From: '10.0.0.0/33' is neither", failure.Message, StringComparison.Ordinal);
        Assert.Contains(
            "WsBalancer:ProxyProtocol:Timeout is '0s': expected", failure.Message, StringComparison.Ordinal);
        Assert.Contains(
            "WsBalancer:ProxyProtocol:Form is not a known key: did you mean From?",
            failure.Message,
            StringComparison.Ordinal);
    }

    private void Begin()
    {
        fleet.Plain.Forget();
        fleet.Plain.Script = Script.Echo();
    }

    private async Task<double> Count(string engine, string reason) =>
        (await fleet.On(engine).Scrape()).Sum("wsbalancer_rejected_total", $"reason=\"proxy_header_{reason}\"");

    private async Task<MessageHead> RequestAtNode(
        string engine, bool isSecure, string header, bool isHandshake, string headers = "")
    {
        Begin();
        using var wire = await fleet.Connect(engine, isSecure, ProxyProtocolFleet.Trusted, header);
        Assert.Equal(isHandshake ? 101 : 200, (await wire.Exchange("/chat?user=alice", isHandshake, headers))!.Status);
        return (await fleet.Plain.NextArrival()).Request;
    }
}
