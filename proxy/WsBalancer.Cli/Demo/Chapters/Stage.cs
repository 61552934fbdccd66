using System.Collections.Concurrent;
using WsBalancer.Cli.Admin;
using WsBalancer.Cli.Demo.Display;
using WsBalancer.Cli.Demo.Processes;
using WsBalancer.Cli.Demo.Users;

namespace WsBalancer.Cli.Demo.Chapters;

/// <summary>What every chapter plays with.</summary>
internal sealed record Stage(DemoFleet Fleet, Crowd Crowd, AdminClient Admin, IDemoScreen Screen, Fact Fact)
{
    private const int QuestionsAtOnce = 8;

    /// <summary>What the balancer says about its nodes now.</summary>
    public async Task<IReadOnlyList<NodeAnswer>> ListNodesAsync(CancellationToken cancellation)
    {
        var clusters = (await Admin.ListClustersAsync(cancellation)).Value;
        return clusters[ClusterChoice.Pick(clusters, DemoConfiguration.Cluster)].Nodes;
    }

    public Task AwaitHealthAsync(DemoNode node, string health, CancellationToken cancellation) => Fact.AwaitAsync(
        $"the balancer calls {node.Id} {health}",
        TimeSpan.FromSeconds(20),
        async token => (await ListNodesAsync(token)).Any(listed => listed.Id == node.Id && listed.Health == health),
        cancellation);

    /// <summary>The owner of every user, as the balancer says it.</summary>
    public async Task<IReadOnlyDictionary<string, string?>> ListOwnersAsync(CancellationToken cancellation)
    {
        var owners = new ConcurrentDictionary<string, string?>();
        await Parallel.ForEachAsync(
            Crowd.Users,
            new ParallelOptions { MaxDegreeOfParallelism = QuestionsAtOnce, CancellationToken = cancellation },
            async (user, token) =>
            {
                var answer = await Admin.FindOwnerAsync(DemoConfiguration.Cluster, user.Name, token);
                owners[user.Name] = answer.Value.Owner;
            });

        return owners;
    }
}
