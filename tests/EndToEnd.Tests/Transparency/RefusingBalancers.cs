using WsBalancer.EndToEnd.Tests.Clients;
using WsBalancer.EndToEnd.Tests.Fixtures;
using WsBalancer.EndToEnd.Tests.Nodes;
using WsBalancer.EndToEnd.Tests.Wire;

namespace WsBalancer.EndToEnd.Tests.Transparency;

/// <summary>One node behind a balancer on each engine, each with an address in clear and one with TLS.</summary>
public sealed class RefusingBalancers : IAsyncLifetime
{
    /// <summary>The placeholder of a user's data in requests, which must not be in a log.</summary>
    public const string Secret = "s3cr3t-alice";

    public static readonly string[] Engines = ["io_uring", "epoll", "sockets"];

    private readonly Dictionary<string, Balancer> _balancers = [];

    internal TestCertificate Certificate { get; } = TestCertificate.Create();

    internal ScriptedNode Node { get; } = ScriptedNode.Start("a");

    internal Balancer this[string engine] => _balancers[engine];

    public async ValueTask InitializeAsync()
    {
        Node.Script = Script.Echo();
        var started = await Task.WhenAll(Engines.Select(engine => Balancer.Start(Config(), engine)));
        foreach (var (engine, balancer) in Engines.Zip(started))
        {
            _balancers[engine] = balancer;
        }
    }

    /// <summary>Connects to an endpoint of a balancer.</summary>
    internal async Task<WireEnd> Connect(string engine, bool tls)
    {
        var port = _balancers[engine].UrlOf(tls ? "https" : "http").Port;
        return tls ? await StreamWire.Connect(port, Certificate) : (await RawClient.Connect(port)).Wire;
    }

    /// <summary>The number of rejections of an engine for a reason.</summary>
    internal async Task<double> Rejected(string engine, string reason) =>
        (await _balancers[engine].Scrape()).Sum("wsbalancer_rejected_total", $"reason=\"{reason}\"");

    public async ValueTask DisposeAsync()
    {
        foreach (var balancer in _balancers.Values)
        {
            await balancer.DisposeAsync();
        }

        await Node.DisposeAsync();
        Certificate.Dispose();
    }

    private BalancerConfig Config() => BalancerConfig.With(Node)
        .WithTwoEndpoints(Certificate)
        .Set("Kestrel:Limits:RequestHeadersTimeout", "2s")
        .Set("Logging:LogLevel:WsBalancer.Proxy.Placement.Rejecter", "Debug")
        .Set("WsBalancer:Log:RejectionsPerSecond", 1000)
        .Set($"ReverseProxy:Routes:{BalancerConfig.Cluster}:Match:Path", "/chat/{**any}")
        .Set($"ReverseProxy:Routes:{BalancerConfig.Cluster}:Match:Methods", new System.Text.Json.Nodes.JsonArray(
            "GET", "POST", "HEAD"));
}
