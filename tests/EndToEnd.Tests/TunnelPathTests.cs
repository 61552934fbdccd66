using System.Text.Json.Nodes;
using WsBalancer.EndToEnd.Tests.Clients;
using WsBalancer.EndToEnd.Tests.Fixtures;
using WsBalancer.EndToEnd.Tests.Nodes;

namespace WsBalancer.EndToEnd.Tests;

/// <summary>The data path of a tunnel: past the server where possible, through the server where necessary.</summary>
public sealed class TunnelPathTests : IAsyncLifetime
{
    private const string Endpoints = "Kestrel:Endpoints";

    private readonly TestCertificate _certificate = TestCertificate.Create();
    private readonly ScriptedNode _node = ScriptedNode.Start("a");
    private readonly Http2Client _tls;

    public TunnelPathTests() => _tls = new Http2Client(_certificate);

    [Theory]
    [InlineData("auto")]
    [InlineData("epoll")]
    public async Task OnEventLoops_PlainHttp1IsNative(string engine)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere there are no event loops.");
        await using var balancer = await Start(engine);
        using var client = await balancer.Open("alice");
        await client.ReadWelcome();

        Assert.Equal(["native"], await Paths(balancer));
        Assert.Equal((1, 0), await Counts(balancer));

        await client.Close();
        await balancer.UntilEmpty();
        Assert.Equal((0, 0), await Counts(balancer));
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task OnEventLoops_TlsIsPortable(string version)
    {
        await using var balancer = await Start("auto");
        using var client = await _tls.Open(
            new Uri($"wss://127.0.0.1:{balancer.Urls.Single(url => url.Scheme == "https").Port}/chat?user=alice"),
            options => options.HttpVersion = Version.Parse(version));
        await client.ReadText();

        Assert.Equal(["portable"], await Paths(balancer));
        Assert.Equal((0, 1), await Counts(balancer));
    }

    [Fact]
    public async Task OnThePlatformsSockets_EverythingIsPortable()
    {
        await using var balancer = await Start("sockets");
        using var client = await balancer.Open("alice");
        await client.ReadWelcome();

        Assert.Equal(["portable"], await Paths(balancer));
        Assert.Equal((0, 1), await Counts(balancer));
        Assert.Contains("served by the platform's sockets", balancer.Process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheLog_HasTheNumberOfLoops()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere there are no event loops.");
        await using var balancer = await Start("epoll", loops: 3);

        Assert.Contains("event loops over epoll: 3", balancer.Process.Output, StringComparison.Ordinal);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        _tls.Dispose();
        _certificate.Dispose();
        await _node.DisposeAsync();
    }

    // The engine is set explicitly, so that the test does not depend on the engine of the suite.
    private Task<Balancer> Start(string engine, int? loops = null) => Balancer.Start(
        BalancerConfig.With(_node)
            .Set(BalancerConfig.UrlsKey, null)
            .Set($"{Endpoints}:a-plain:Url", "http://127.0.0.1:0")
            .Set($"{Endpoints}:b-secure:Url", "https://127.0.0.1:0")
            .Set($"{Endpoints}:b-secure:Certificate:Path", _certificate.Path)
            .Set($"{Endpoints}:b-secure:Certificate:Password", _certificate.Password)
            .Set("WsBalancer:Sockets:Loops", loops),
        engine);

    private static async Task<string?[]> Paths(Balancer balancer)
    {
        var listed = await balancer.Command("tunnels", "--json");

        Assert.Equal(0, listed.Code);
        return [.. JsonNode.Parse(listed.Output)!.AsArray().Select(tunnel => (string?)tunnel!["path"])];
    }

    private static async Task<(double Native, double Portable)> Counts(Balancer balancer)
    {
        const string Name = "wsbalancer_tunnels_active_by_path";
        var scrape = await balancer.Scrape();

        return (scrape.Sum(Name, "path=\"native\""), scrape.Sum(Name, "path=\"portable\""));
    }
}
