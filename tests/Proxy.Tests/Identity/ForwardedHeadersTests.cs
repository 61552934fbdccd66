using WsBalancer.Proxy.Identity;

namespace WsBalancer.Proxy.Tests.Identity;

public sealed class ForwardedHeadersTests
{
    private static readonly (string, string)[] Spoofed =
    [
        ("X-Forwarded-For", "198.51.100.7"),
        ("X-Forwarded-Proto", "https"),
        ("X-Forwarded-Host", "evil.example"),
        ("X-Forwarded-Prefix", "/evil"),
        ("X-Real-IP", "198.51.100.7"),
        ("Forwarded", "for=198.51.100.7"),
    ];

    private static TrustedProxies Loopback => RequestContext.Trusting("127.0.0.1");

    [Fact]
    public async Task Forward_FromAnyPeer_SetsTheValuesOfTheConnection()
    {
        await using var node = await ReportingNode.StartAsync(TrustedProxies.None);

        var report = await node.ReportAsync(Spoofed);

        Assert.Equal("127.0.0.1", report["X-Forwarded-For"]);
        Assert.Equal("http", report["X-Forwarded-Proto"]);
        Assert.Equal("chat.example", report["X-Forwarded-Host"]);
        Assert.Equal("127.0.0.1", report["X-Real-IP"]);
        Assert.Equal("chat.example", report["Host"]);
        Assert.DoesNotContain("X-Forwarded-Prefix", report.Keys);
        Assert.DoesNotContain("Forwarded", report.Keys);
    }

    [Fact]
    public async Task Forward_FromATrustedPeer_ContinuesItsList()
    {
        await using var node = await ReportingNode.StartAsync(Loopback);

        var report = await node.ReportAsync(Spoofed);

        Assert.Equal("198.51.100.7, 127.0.0.1", report["X-Forwarded-For"]);
        Assert.Equal("https", report["X-Forwarded-Proto"]);
        Assert.Equal("evil.example", report["X-Forwarded-Host"]);
        Assert.Equal("/evil", report["X-Forwarded-Prefix"]);
        Assert.Equal("198.51.100.7", report["X-Real-IP"]);
        Assert.Equal("for=198.51.100.7", report["Forwarded"]);
    }

    [Fact]
    public async Task Forward_FromATrustedPeerWithoutHeaders_SetsTheValuesOfTheConnection()
    {
        await using var node = await ReportingNode.StartAsync(Loopback);

        var report = await node.ReportAsync();

        Assert.Equal("127.0.0.1", report["X-Forwarded-For"]);
        Assert.Equal("http", report["X-Forwarded-Proto"]);
        Assert.Equal("chat.example", report["X-Forwarded-Host"]);
        Assert.Equal("127.0.0.1", report["X-Real-IP"]);
    }

    [Fact]
    public async Task Forwarded_ThatIsToBeSent_ContinuesWhatATrustedPeerSent()
    {
        var options = new ForwardingOptions { SendForwarded = true };
        await using var trusting = await ReportingNode.StartAsync(Loopback, options: options);
        await using var other = await ReportingNode.StartAsync(TrustedProxies.None, options: options);

        Assert.Equal(
            "for=198.51.100.7, for=127.0.0.1;host=chat.example;proto=http",
            (await trusting.ReportAsync(Spoofed))["Forwarded"]);
        Assert.Equal(
            "for=127.0.0.1;host=chat.example;proto=http", (await other.ReportAsync(Spoofed))["Forwarded"]);
    }

    [Fact]
    public async Task OtherSpellings_OfARouteWithItsOwnForwarders_AreRemovedAllTheSame()
    {
        await using var node = await ReportingNode.StartAsync(
            TrustedProxies.None, transforms: [new Dictionary<string, string> { ["X-Forwarded"] = "Append" }]);

        var report = await node.ReportAsync(("X_Forwarded_For", "6.6.6.6"), ("True-Client-IP", "6.6.6.6"));

        Assert.DoesNotContain("X_Forwarded_For", report.Keys);
        Assert.DoesNotContain("True-Client-IP", report.Keys);
    }

    [Fact]
    public async Task Apply_ToAnotherCluster_LeavesItToYarp()
    {
        await using var node = await ReportingNode.StartAsync(TrustedProxies.None, isRingCluster: false);

        var report = await node.ReportAsync(("X-Real-IP", "198.51.100.7"));

        Assert.StartsWith("127.0.0.1:", report["Host"], StringComparison.Ordinal);
        Assert.Equal("198.51.100.7", report["X-Real-IP"]);
    }

    [Theory]
    [InlineData("Append", "198.51.100.7, 127.0.0.1")]
    [InlineData("Off", "198.51.100.7")]
    public async Task Apply_ToARouteWithItsOwnForwarders_LeavesThemToIt(string action, string expected)
    {
        await using var node = await ReportingNode.StartAsync(
            TrustedProxies.None, transforms: [new Dictionary<string, string> { ["X-Forwarded"] = action }]);

        var report = await node.ReportAsync(
            ("X-Forwarded-For", "198.51.100.7"), ("X-Real-IP", "198.51.100.7"), ("Connection", "x-forwarded-for"));

        Assert.Equal(expected, report["X-Forwarded-For"]);
        Assert.Equal("127.0.0.1", report["X-Real-IP"]);
    }

    [Fact]
    public async Task Apply_ToARouteThatSetsAHeader_KeepsItsValue()
    {
        await using var node = await ReportingNode.StartAsync(TrustedProxies.None, transforms:
        [
            new Dictionary<string, string> { ["RequestHeader"] = "X-Forwarded-Proto", ["Set"] = "https" },
            new Dictionary<string, string> { ["RequestHeader"] = "X-Route", ["Set"] = "yes" },
        ]);

        var report = await node.ReportAsync(("X-Route", "no"), ("Connection", "x-route"));

        Assert.Equal("https", report["X-Forwarded-Proto"]);
        Assert.Equal("yes", report["X-Route"]);
    }

    [Fact]
    public async Task Apply_ToARouteWithItsOwnHostRule_LeavesItToIt()
    {
        await using var node = await ReportingNode.StartAsync(TrustedProxies.None, transforms:
            [new Dictionary<string, string> { ["RequestHeaderOriginalHost"] = "false" }]);

        Assert.StartsWith("127.0.0.1:", (await node.ReportAsync())["Host"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Apply_ToARouteThatCopiesNothing_StillForwards()
    {
        await using var node = await ReportingNode.StartAsync(Loopback, transforms:
            [new Dictionary<string, string> { ["RequestHeadersCopy"] = "false" }]);

        var report = await node.ReportAsync([.. Spoofed, ("X-Other", "1")]);

        Assert.Equal("chat.example", report["Host"]);
        Assert.Equal("198.51.100.7, 127.0.0.1", report["X-Forwarded-For"]);
        Assert.DoesNotContain("X-Other", report.Keys);
    }

    [Fact]
    public async Task KeepHost_OfANodeWithAHostOfItsOwn_SendsThat()
    {
        await using var node = await ReportingNode.StartAsync(TrustedProxies.None, nodeHost: "node.example");

        var report = await node.ReportAsync();

        Assert.Equal("node.example", report["Host"]);
        Assert.Equal("chat.example", report["X-Forwarded-Host"]);
    }

    [Theory]
    [InlineData("x-one, X-Two")]
    [InlineData("x-one, ,b@d,X-Two ")]
    public async Task HopByHop_NamedByTheClient_IsRemoved(string connection)
    {
        await using var node = await ReportingNode.StartAsync(TrustedProxies.None);

        var report = await node.ReportAsync(
            ("Connection", connection), ("X-One", "1"), ("X-Two", "2"), ("X-Three", "3"));

        Assert.DoesNotContain("X-One", report.Keys);
        Assert.DoesNotContain("X-Two", report.Keys);
        Assert.Equal("3", report["X-Three"]);
    }

    [Fact]
    public async Task HopByHop_NamingWhatTheNodeReliesOn_TakesNothingAway()
    {
        await using var node = await ReportingNode.StartAsync(TrustedProxies.None);

        var report = await node.ReportAsync(
            ("Connection", "host, sec-websocket-protocol, x-forwarded-for, X-Real-IP, x-forwarded-host"),
            ("Sec-WebSocket-Protocol", "chat"));

        Assert.Equal("chat.example", report["Host"]);
        Assert.Equal("chat", report["Sec-WebSocket-Protocol"]);
        Assert.Equal("127.0.0.1", report["X-Forwarded-For"]);
        Assert.Equal("127.0.0.1", report["X-Real-IP"]);
        Assert.Equal("chat.example", report["X-Forwarded-Host"]);
    }
}
