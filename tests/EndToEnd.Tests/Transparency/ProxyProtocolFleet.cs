using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using WsBalancer.EndToEnd.Tests.Clients;
using WsBalancer.EndToEnd.Tests.Fixtures;
using WsBalancer.EndToEnd.Tests.Nodes;
using WsBalancer.EndToEnd.Tests.Wire;

namespace WsBalancer.EndToEnd.Tests.Transparency;

/// <summary>
/// A balancer on each engine, with an endpoint in clear and one over TLS. Connections from 127.0.0.2 begin with a PROXY
/// header. The clusters: "chat", whose node receives no header; "v1", "v2" and "secure" (v2, over TLS), whose nodes
/// receive one; and "v1-http" and "v2-http", which are probed by HTTP.
/// </summary>
public sealed class ProxyProtocolFleet : IAsyncLifetime
{
    public const string Trusted = "127.0.0.2";

    private static readonly string[] EngineNames = ["io_uring", "epoll", "sockets"];

    private readonly TestCertificate _certificate = TestCertificate.Create();
    private readonly Dictionary<string, Balancer> _balancers = [];
    private readonly Dictionary<string, HeaderNode> _nodes = [];

    /// <summary>Each engine, in clear and over TLS.</summary>
    public static TheoryData<string, bool> Ways =>
    [
        .. EngineNames.Select(engine => new TheoryDataRow<string, bool>(engine, false)),
        .. EngineNames.Select(engine => new TheoryDataRow<string, bool>(engine, true)),
    ];

    public static TheoryData<string> Engines => [.. EngineNames];

    internal ScriptedNode Plain { get; } = ScriptedNode.Start("a");

    public async ValueTask InitializeAsync()
    {
        foreach (var cluster in (string[])["v1", "v2", "v1-http", "v2-http"])
        {
            _nodes[cluster] = new HeaderNode();
        }

        _nodes["secure"] = new HeaderNode(_certificate);
        foreach (var engine in EngineNames)
        {
            _balancers[engine] = await Balancer.Start(Config(), engine);
        }
    }

    internal Balancer On(string engine) => _balancers[engine];

    internal HeaderNode NodeOf(string cluster) => _nodes[cluster];

    /// <summary>Connects to the balancer on an engine.</summary>
    internal Task<StreamWire> Connect(string engine, bool isSecure, string source, string header = "") =>
        Connect(engine, isSecure, source, Encoding.Latin1.GetBytes(header));

    internal Task<StreamWire> Connect(string engine, bool isSecure, string source, byte[] header) => StreamWire.Connect(
        EndPoint(engine, isSecure), source, header, isSecure ? _certificate : null);

    /// <summary>A client over HTTP/2, whose connections begin with a header.</summary>
    internal HttpClient Http2(string engine, string header) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, cancellation) =>
        {
            var socket = new System.Net.Sockets.Socket(
                System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Parse(Trusted).MapToIPv6(), 0));
            await socket.ConnectAsync(IPAddress.Loopback.MapToIPv6(), Port(engine, isSecure: true), cancellation);
            var stream = new System.Net.Sockets.NetworkStream(socket, ownsSocket: true);
            await stream.WriteAsync(Encoding.Latin1.GetBytes(header), cancellation);
            return stream;
        },
        SslOptions =
        {
            RemoteCertificateValidationCallback = _certificate.IsPresented,
        },
    })
    {
        BaseAddress = new Uri("https://localhost/"),
        DefaultRequestVersion = HttpVersion.Version20,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        Timeout = Deadline.Default,
    };

    internal int Port(string engine, bool isSecure) =>
        _balancers[engine].UrlOf(isSecure ? "https" : "http").Port;

    internal IPEndPoint EndPoint(string engine, bool isSecure) => new(IPAddress.Loopback, Port(engine, isSecure));

    public async ValueTask DisposeAsync()
    {
        foreach (var balancer in _balancers.Values)
        {
            await balancer.DisposeAsync();
        }

        foreach (var node in _nodes.Values)
        {
            await node.DisposeAsync();
        }

        await Plain.DisposeAsync();
        _certificate.Dispose();
    }

    private BalancerConfig Config()
    {
        var config = BalancerConfig.With(Plain)
            .WithTwoEndpoints(_certificate)
            .Set("WsBalancer:ProxyProtocol:From", new JsonArray(Trusted))
            .Set("WsBalancer:ProxyProtocol:Timeout", "2s")
            .Set("WsBalancer:TrustedProxies", new JsonArray("192.0.2.50"));
        foreach (var (cluster, node) in _nodes)
        {
            config
                .Set($"ReverseProxy:Routes:{cluster}:ClusterId", cluster)
                .Set($"ReverseProxy:Routes:{cluster}:Order", -1)
                .Set($"ReverseProxy:Routes:{cluster}:Match:Path", $"/{cluster}/{{**any}}")
                .Set($"ReverseProxy:Clusters:{cluster}:Destinations:n:Address", node.Address)
                .Set($"ReverseProxy:Clusters:{cluster}:HttpClient:DangerousAcceptAnyServerCertificate", true)
                .Set($"WsBalancer:Clusters:{cluster}:UserKey", new JsonArray("query:user"))
                .Set($"WsBalancer:Clusters:{cluster}:ProxyProtocol", cluster == "secure" ? "v2" : cluster[..2])
                .Set($"WsBalancer:Clusters:{cluster}:OnMissingUserKey", "Spread");
            if (cluster.EndsWith("-http", StringComparison.Ordinal))
            {
                config.Set($"ReverseProxy:Clusters:{cluster}:HealthCheck:Active:Path", "/healthz");
            }
        }

        return config;
    }
}
