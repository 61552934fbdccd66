using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using WsBalancer.EndToEnd.Tests.Clients;
using WsBalancer.EndToEnd.Tests.Fixtures;
using WsBalancer.EndToEnd.Tests.Interop;

namespace WsBalancer.EndToEnd.Tests.Transparency;

/// <summary>
/// Three servers each of SignalR, Socket.IO and SockJS, and a balancer for each engine in front of them. The only id of
/// a client is the cookie that the balancer sets.
/// </summary>
public sealed class AffinityFleet : IAsyncLifetime
{
    private static readonly string[] Names = ["a", "b", "c"];

    private readonly ConcurrentDictionary<(string Engine, string OnMissing), Lazy<Task<Balancer>>> _balancers = new();
    private readonly TestCertificate _certificate = TestCertificate.Create();
    private readonly string _authorities = Path.GetTempFileName();
    private SignalRNode[] _signalR = [];
    private NodeJsNode[] _socketIO = [];
    private NodeJsNode[] _sockJS = [];

    public async ValueTask InitializeAsync()
    {
        await File.WriteAllTextAsync(_authorities, _certificate.Certificate.ExportCertificatePem());
        _signalR = await Task.WhenAll(Names.Select(SignalRNode.Start));
        _socketIO = await Task.WhenAll(Names.Select(name => NodeJsNode.Start("socketio-node.mjs", name)));
        _sockJS = await Task.WhenAll(Names.Select(name => NodeJsNode.Start("sockjs-node.mjs", name)));
    }

    /// <summary>Runs a number of new clients of a script with each of its transports, through a balancer.</summary>
    internal async Task<TransportResult[]> Run(
        string script, int count, string engine, string scheme, string onMissing = "Cookie")
    {
        var started = _balancers.GetOrAdd(
            (engine, onMissing), _ => new Lazy<Task<Balancer>>(() => Balancer.Start(Config(onMissing), engine)));
        var balancer = await started.Value;
        return await InteropClient.RunTransports(script, balancer.UrlOf(scheme), count, _authorities);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var balancer in _balancers.Values)
        {
            await (await balancer.Value).DisposeAsync();
        }

        await new Together([.. _signalR, .. _socketIO, .. _sockJS]).DisposeAsync();
        _certificate.Dispose();
        File.Delete(_authorities);
    }

    private BalancerConfig Config(string onMissing)
    {
        var config = BalancerConfig.With(_signalR.Select(node => (node.Name, node.Address)))
            .WithTwoEndpoints(_certificate);
        Add("socketio", "/socket.io/{**any}", _socketIO);
        Add("sockjs", "/sockjs/{**any}", _sockJS);
        foreach (var cluster in (string[])[BalancerConfig.Cluster, "socketio", "sockjs"])
        {
            config.Set($"WsBalancer:Clusters:{cluster}:UserKey", new JsonArray("cookie:affinity"))
                .Set($"WsBalancer:Clusters:{cluster}:OnMissingUserKey", onMissing);
        }

        return config;

        void Add(string cluster, string path, IEnumerable<NodeJsNode> nodes)
        {
            config.Set($"ReverseProxy:Routes:{cluster}:ClusterId", cluster)
                .Set($"ReverseProxy:Routes:{cluster}:Match:Path", path);
            foreach (var node in nodes)
            {
                config.Set(
                    $"ReverseProxy:Clusters:{cluster}:Destinations:{node.Name}:Address", node.Address);
            }
        }
    }
}
