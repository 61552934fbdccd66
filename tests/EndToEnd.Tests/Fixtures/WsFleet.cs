using System.Text.Json.Nodes;

namespace WsBalancer.EndToEnd.Tests.Fixtures;

/// <summary>Real nodes, each a process, named "ws-1" and so on, and a balancer with some of them.</summary>
internal sealed class WsFleet : IAsyncDisposable
{
    private WsFleet(WsNode[] nodes, Balancer balancer) => (Nodes, Balancer) = (nodes, balancer);

    public WsNode[] Nodes { get; }

    public Balancer Balancer { get; }

    /// <summary>Starts the nodes, and a balancer with the first <paramref name="known"/> of them.</summary>
    public static async Task<WsFleet> Start(
        int nodes, int known, Action<BalancerConfig>? configure = null, string? engine = null)
    {
        var all = await WsNode.StartAll(Enumerable.Range(1, nodes).Select(i => $"ws-{i}"));
        var config = BalancerConfig.With(all.Take(known));
        configure?.Invoke(config);
        var fleet = new WsFleet(all, await Balancer.Start(config, engine));
        foreach (var node in all.Take(known))
        {
            await fleet.Balancer.UntilHealth(node.Name, "healthy");
        }

        return fleet;
    }

    /// <summary>Gives "ws-1" eight tenths of the users of three nodes: many tunnels there need few elsewhere.</summary>
    public static void MostAtTheFirst(BalancerConfig config) =>
        config.Set($"ReverseProxy:Clusters:{BalancerConfig.Cluster}:Destinations:ws-1:Metadata:Weight", "8");

    /// <summary>The drain of a node, from the admin API.</summary>
    public static Task<JsonNode> Drain(Balancer balancer, string node) =>
        balancer.Get($"/api/v1/clusters/{BalancerConfig.Cluster}/nodes/{node}/drain");

    public async ValueTask DisposeAsync()
    {
        await Balancer.DisposeAsync();
        foreach (var node in Nodes)
        {
            await node.DisposeAsync();
        }
    }
}
