using System.Net.Sockets;
using WsBalancer.EndToEnd.Tests.Nodes;

namespace WsBalancer.EndToEnd.Tests.Fixtures;

/// <summary>A balancer with three scripted nodes: "a", "b" and "c".</summary>
internal sealed class ScriptedFleet : IAsyncDisposable
{
    private ScriptedFleet(ScriptedNode[] nodes, Balancer balancer) => (Nodes, Balancer) = (nodes, balancer);

    public ScriptedNode[] Nodes { get; }

    public Balancer Balancer { get; }

    public ScriptedNode A => Nodes[0];

    public ScriptedNode B => Nodes[1];

    public ScriptedNode C => Nodes[2];

    /// <summary>Starts a fleet with settings of the cluster.</summary>
    public static Task<ScriptedFleet> Start(params (string Key, string Value)[] settings) => Start(config =>
    {
        foreach (var (key, value) in settings)
        {
            config.Set($"{BalancerConfig.ClusterKey}:{key}", value);
        }
    });

    public static async Task<ScriptedFleet> Start(
        Action<BalancerConfig> configure, string? engine = null, Action<Socket>? nodeSockets = null)
    {
        ScriptedNode[] nodes =
            [.. ((string[])["a", "b", "c"]).Select(name => ScriptedNode.Start(name, configure: nodeSockets))];
        var config = BalancerConfig.With(nodes);
        configure(config);

        return new ScriptedFleet(nodes, await Balancer.Start(config, engine));
    }

    public async ValueTask DisposeAsync()
    {
        await Balancer.DisposeAsync();
        foreach (var node in Nodes)
        {
            await node.DisposeAsync();
        }
    }
}
