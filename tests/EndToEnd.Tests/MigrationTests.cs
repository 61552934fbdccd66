using System.Collections.Concurrent;
using System.Globalization;
using WsBalancer.EndToEnd.Tests.Clients;
using WsBalancer.EndToEnd.Tests.Fixtures;
using WsBalancer.EndToEnd.Tests.Nodes;
using WsBalancer.EndToEnd.Tests.Peers;

namespace WsBalancer.EndToEnd.Tests;

/// <summary>A fleet migrates from another real balancer without moving one user.</summary>
public sealed class MigrationTests : IAsyncDisposable
{
    private const int Users = 300;

    private readonly PeerNode[] _nodes =
    [
        Start("a", number: 11, weight: 1),
        Start("b", number: 2, weight: 2),
        Start("c", number: 7, weight: 1),
        Start("d", number: 40, weight: 3),
    ];

    private PeerNode Down => _nodes[3];

    [Fact]
    public Task Nginx_AndItsRing_GiveEveryUserTheSameNode() => AssertSame(
        "nginx", down => PeerBalancer.StartNginx(_nodes, down), configure: config => config);

    [Fact]
    public Task Haproxy_AndItsRing_GiveEveryUserTheSameNode() => AssertSame(
        "haproxy",
        down => PeerBalancer.StartHaproxy(_nodes, down),
        config => _nodes.Aggregate(config, (all, node) => all.Set(
            $"{MetadataOf(node)}:RingKey", node.Number.ToString(CultureInfo.InvariantCulture))));

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.Node.DisposeAsync();
        }
    }

    private async Task AssertSame(
        string algorithm, Func<PeerNode?, Task<PeerBalancer>> startPeer, Func<BalancerConfig, BalancerConfig> configure)
    {
        var config = BalancerConfig.With(_nodes.Select(node => node.Node))
            .Set($"{BalancerConfig.ClusterKey}:Ring:Algorithm", algorithm)
            .Set($"{BalancerConfig.ClusterKey}:Health:Interval", "100ms");
        foreach (var node in _nodes)
        {
            config.Set($"{MetadataOf(node)}:Weight", node.Weight.ToString(CultureInfo.InvariantCulture));
        }

        await using var balancer = await Balancer.Start(configure(config));
        await using (var peer = await startPeer(null))
        {
            await AssertSame(balancer, peer, expectedNodes: 4);
        }

        await Down.Node.StopListening();
        await balancer.UntilHealth(Down.Node.Name, "unhealthy");
        await using (var peer = await startPeer(Down))
        {
            await AssertSame(balancer, peer, expectedNodes: 3);
        }

        Down.Node.ListenAgain();
    }

    private static async Task AssertSame(Balancer balancer, PeerBalancer peer, int expectedNodes)
    {
        var targets = Enumerable.Range(0, Users).Select(TargetOf).ToArray();
        var there = await QueryAll(targets, peer.Get);
        var here = await QueryAll(targets, target => Visit(balancer, target));

        Assert.Equal(expectedNodes, there.Values.Distinct().Count());
        Assert.Empty(
            from target in targets
            where here[target] != there[target]
            select $"{target}: {there[target]} there, {here[target]} here");
    }

    // Ids as browsers and libraries encode them, and encodings that only hand-written clients send.
    private static string TargetOf(int number)
    {
        var user = (number % 6) switch
        {
            0 => $"user-{number}",
            1 => $"%C3%A9t%C3%A9-%E4%BD%A0{number}",
            2 => $"a+b%20c%2f%2F={number}",
            3 => $"{new string('x', 900)}{number}",
            4 => $"%41%zz~{number}",
            _ => number.ToString(CultureInfo.InvariantCulture),
        };
        return number % 5 == 0 ? $"/chat?user&x=1&user={user}&user=other" : $"/chat?user={user}&y=2";
    }

    private static async Task<ConcurrentDictionary<string, string>> QueryAll(
        IEnumerable<string> targets, Func<string, Task<string>> query)
    {
        var answers = new ConcurrentDictionary<string, string>();
        var together = new ParallelOptions
        {
            MaxDegreeOfParallelism = 8,
            CancellationToken = TestContext.Current.CancellationToken,
        };
        await Parallel.ForEachAsync(targets, together, async (target, _) => answers[target] = await query(target));
        return answers;
    }

    private static async Task<string> Visit(Balancer balancer, string target)
    {
        using var client = await RawClient.Open(balancer.Port, target);
        var node = await client.ReadWelcome();
        await client.Close();
        return node;
    }

    private static string MetadataOf(PeerNode node) =>
        $"ReverseProxy:Clusters:{BalancerConfig.Cluster}:Destinations:{node.Node.Name}:Metadata";

    private static PeerNode Start(string name, int number, int weight) => new(
        ScriptedNode.Start(name, connection => connection.IsUpgrade
            ? Script.Echo()(connection)
            : Script.Answer(200, "OK", name)(connection)),
        number,
        weight);
}
