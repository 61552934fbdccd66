using System.Net;
using System.Text.Json.Nodes;
using WsBalancer.EndToEnd.Tests.Clients;
using WsBalancer.EndToEnd.Tests.Fixtures;
using WsBalancer.EndToEnd.Tests.Transparency.Dialogues;

namespace WsBalancer.EndToEnd.Tests.Transparency;

/// <summary>One balancer on one engine, with the ways through it that all cases share.</summary>
public abstract class EngineWays(string engine) : IAsyncLifetime
{
    private const string Routes = "ReverseProxy:Routes";
    private const string Clusters = "ReverseProxy:Clusters";

    private NodePort? _secureNode;
    private Balancer? _balancer;

    /// <summary>From a client in clear to a node in clear.</summary>
    internal Way Clear { get; private set; } = null!;

    /// <summary>From a client over TLS to a node in clear.</summary>
    internal Way Tls { get; private set; } = null!;

    /// <summary>From a client in clear to a node over TLS.</summary>
    internal Way SecureNode { get; private set; } = null!;

    /// <summary>The node in clear.</summary>
    internal NodePort Node { get; } = new();

    /// <summary>The certificate of the balancer's secure endpoint and of the secure node.</summary>
    internal TestCertificate Certificate { get; } = TestCertificate.Create();

    /// <summary>The port of the balancer's secure endpoint.</summary>
    internal int SecurePort { get; private set; }

    /// <summary>The cause for which the machine cannot run these cases; null if it can.</summary>
    internal string? Missing { get; private set; }

    public async ValueTask InitializeAsync()
    {
        _secureNode = new NodePort(Certificate);
        try
        {
            _balancer = await Balancer.Start(Config(), engine);
        }
        catch (InvalidOperationException refused) when (IsWithoutUring(refused))
        {
            // The machine has no io_uring, like most containers; the message of the balancer has the cause.
            Missing = $"The engine {engine} does not start on this machine: {refused.Message}";
            return;
        }

        var (clear, secure) = (_balancer.UrlOf("http"), _balancer.UrlOf("https"));
        SecurePort = secure.Port;
        Clear = new Way(IPEndPoint.Parse(clear.Authority), Node, Case.Host);
        Tls = new Way(IPEndPoint.Parse(secure.Authority), Node, Case.Host, Certificate);
        SecureNode = new Way(IPEndPoint.Parse(clear.Authority), _secureNode, Case.SecureHost);
    }

    public async ValueTask DisposeAsync()
    {
        if (_balancer is not null)
        {
            await _balancer.DisposeAsync();
        }

        await Node.DisposeAsync();
        await _secureNode!.DisposeAsync();
        Certificate.Dispose();
        GC.SuppressFinalize(this);
    }

    // Each cluster has its node twice, so that a second attempt reaches the same node and is counted.
    private BalancerConfig Config()
    {
        var clear = $"http://127.0.0.1:{Node.Number}/";
        var config = BalancerConfig.With(("a", clear), ("b", clear))
            .WithTwoEndpoints(Certificate)
            .Set($"{Clusters}:secure:Destinations:s:Address", $"https://127.0.0.1:{_secureNode!.Number}/")
            .Set($"{Clusters}:secure:HttpClient:DangerousAcceptAnyServerCertificate", true);
        Place(config, "secure");
        Place(config, BalancerConfig.Cluster);
        Route(config, "secure", "secure", "Hosts", Case.SecureHost);
        Route(config, "named", BalancerConfig.Cluster, "Hosts", "named.example");
        Route(config, "guarded", BalancerConfig.Cluster, "Path", "/guarded/{**rest}");
        Route(config, "guardedtoo", BalancerConfig.Cluster, "Path", "/guarded/too/{**rest}");
        return config;
    }

    private bool IsWithoutUring(InvalidOperationException refused) =>
        engine == "io_uring" && refused.Message.Contains("io_uring", StringComparison.Ordinal);

    private static void Place(BalancerConfig config, string cluster) => config
        .Set($"WsBalancer:Clusters:{cluster}:UserKey", new JsonArray("client-ip"));

    // The name of a route other than the default is in a header of the request.
    private static void Route(BalancerConfig config, string name, string cluster, string match, string value)
    {
        config.Set($"{Routes}:{name}:ClusterId", cluster)
            .Set($"{Routes}:{name}:Order", -1)
            .Set($"{Routes}:{name}:Match:Path", match == "Path" ? value : "/{**any}");
        if (match == "Hosts")
        {
            config.Set($"{Routes}:{name}:Match:Hosts", new JsonArray(value));
        }

        if (cluster != "secure")
        {
            config.Set($"{Routes}:{name}:Transforms", new JsonArray(
                new JsonObject { ["RequestHeader"] = "X-Route", ["Set"] = name }));
        }
    }
}

/// <summary>The ways through a balancer on io_uring.</summary>
public sealed class UringWays() : EngineWays("io_uring");

/// <summary>The ways through a balancer on epoll.</summary>
public sealed class EpollWays() : EngineWays("epoll");

/// <summary>The ways through a balancer on the platform's sockets.</summary>
public sealed class SocketsWays() : EngineWays("sockets");
