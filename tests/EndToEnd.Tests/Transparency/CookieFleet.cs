using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using WsBalancer.EndToEnd.Tests.Clients;
using WsBalancer.EndToEnd.Tests.Fixtures;
using WsBalancer.EndToEnd.Tests.Nodes;

namespace WsBalancer.EndToEnd.Tests.Transparency;

/// <summary>
/// Three scripted nodes, and a balancer for each engine in front of them that issues cookies: for <c>/set</c> a cookie
/// with every attribute, for <c>/half</c> in a cluster with two nodes down and one up, for <c>/down</c> in a cluster
/// with all nodes down.
/// </summary>
public sealed class CookieFleet : IAsyncLifetime
{
    public const string Name = "affinity";

    // The port refuses connections: it is below the range of the ports that tests listen on.
    private const string Nowhere = "http://127.0.0.1:1/";

    private readonly ConcurrentDictionary<string, Lazy<Task<Balancer>>> _balancers = new();
    private readonly TestCertificate _certificate = TestCertificate.Create();

    internal ScriptedNode[] Nodes { get; } =
        [.. ((string[])["a", "b", "c"]).Select(name => ScriptedNode.Start(name))];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>Begins a test: earlier requests are cleared, and every node runs this script.</summary>
    internal Task<Balancer> Begin(string engine, Func<NodeConnection, Task>? script = null)
    {
        foreach (var node in Nodes)
        {
            node.Forget();
            node.Script = script ?? Script.Echo();
        }

        return _balancers.GetOrAdd(
            engine, _ => new Lazy<Task<Balancer>>(() => Balancer.Start(Config(), engine))).Value;
    }

    internal Http2Client NewHttp2Client() => new(_certificate);

    internal HttpClient NewHttpClient(Balancer balancer) => new(new SocketsHttpHandler
    {
        UseCookies = false,
        SslOptions = new()
        {
            RemoteCertificateValidationCallback = _certificate.IsPresented,
        },
    })
    {
        BaseAddress = balancer.UrlOf("https"),
        Timeout = Deadline.Default,
    };

    public async ValueTask DisposeAsync()
    {
        foreach (var balancer in _balancers.Values)
        {
            await (await balancer.Value).DisposeAsync();
        }

        await new Together(Nodes).DisposeAsync();
        _certificate.Dispose();
    }

    private BalancerConfig Config()
    {
        var config = BalancerConfig.With(Nodes)
            .WithTwoEndpoints(_certificate)
            .Set("WsBalancer:TrustedProxies", new JsonArray("127.0.0.1"))
            .CopyNodes("set")
            .Set("WsBalancer:Clusters:set:Cookie", JsonNode.Parse("""
                {
                  "Name": "__Secure-other",
                  "Domain": "example.com",
                  "Path": "/set",
                  "SameSite": "None",
                  "Secure": "Always",
                  "MaxAge": "1h",
                  "Partitioned": true,
                  "HttpOnly": false
                }
                """))
            .Set("ReverseProxy:Clusters:down:Destinations:x:Address", Nowhere)
            .Set("ReverseProxy:Clusters:half:Destinations:x:Address", Nowhere)
            .Set("ReverseProxy:Clusters:half:Destinations:y:Address", Nowhere)
            .Set("ReverseProxy:Clusters:half:Destinations:a:Address", Nodes[0].Address)
            .Set("WsBalancer:Clusters:half:Health:Interval", "1h")
            .Set("WsBalancer:Clusters:half:Health:ConnectFailures", 1000);
        foreach (var cluster in (string[])["set", "down", "half"])
        {
            config.Set($"ReverseProxy:Routes:{cluster}:ClusterId", cluster)
                .Set($"ReverseProxy:Routes:{cluster}:Match:Path", $"/{cluster}/{{**any}}");
        }

        foreach (var cluster in (string[])[BalancerConfig.Cluster, "set", "down", "half"])
        {
            config.Set($"WsBalancer:Clusters:{cluster}:OnMissingUserKey", "Cookie")
                .Set(
                    $"WsBalancer:Clusters:{cluster}:UserKey",
                    new JsonArray("query:user", $"cookie:{Name}", "cookie:__Secure-other"));
        }

        return config;
    }
}
