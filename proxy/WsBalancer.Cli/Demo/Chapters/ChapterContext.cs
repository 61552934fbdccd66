using System.Collections.Concurrent;
using WsBalancer.Cli.Admin;
using WsBalancer.Cli.Demo.Display;
using WsBalancer.Cli.Demo.Processes;
using WsBalancer.Cli.Demo.Users;
using WsBalancer.Proxy.Admin.Clusters;

namespace WsBalancer.Cli.Demo.Chapters;

/// <summary>The fleet, the users and the tools of every chapter.</summary>
internal sealed record ChapterContext(
    DemoFleet Fleet, DemoUsers Crowd, AdminClient Admin, IDemoScreen Screen, Condition Fact, TimeProvider Time)
{
    private const int QuestionsAtOnce = 8;
    private static readonly TimeSpan SettleDeadline = TimeSpan.FromSeconds(5);

    /// <summary>The calls of the admin API for the cluster.</summary>
    public ClusterClient Cluster => Admin.In(DemoConfiguration.Cluster);

    /// <summary>The nodes, as the balancer reports them now.</summary>
    public async Task<IReadOnlyList<NodeView>> ListNodesAsync(CancellationToken cancellation)
    {
        var clusters = (await Admin.ListClustersAsync(cancellation)).Value;
        return clusters[ClusterChoice.Pick(clusters, DemoConfiguration.Cluster)].Nodes;
    }

    public Task AwaitHealthAsync(DemoNode node, string health, CancellationToken cancellation) => Fact.AwaitAsync(
        $"the balancer calls {node.Id} {health}",
        TimeSpan.FromSeconds(20),
        async token => (await ListNodesAsync(token)).Any(listed => listed.Id == node.Id && listed.Health == health),
        cancellation);

    /// <summary>Counts the misplaced tunnels after the balancer has noticed the closed sockets.</summary>
    /// <remarks>
    /// The balancer notices a closed socket a moment after its client. The count is read until it is 0, for 5 seconds
    /// at most.
    /// </remarks>
    public async Task<long> CountMisplacedAsync(CancellationToken cancellation)
    {
        var misplaced = 0L;
        await Fact.BecomesTrueAsync(
            SettleDeadline,
            async token => (misplaced = (await ListNodesAsync(token)).Sum(node => node.Misplaced)) is 0,
            cancellation);
        return misplaced;
    }

    /// <summary>The owner of every user, as the balancer reports it.</summary>
    public Task<IReadOnlyDictionary<string, string?>> ListOwnersAsync(CancellationToken cancellation) =>
        QueryEachAsync(answer => answer.Owner, cancellation);

    /// <summary>The home of every user, as the balancer reports it.</summary>
    public Task<IReadOnlyDictionary<string, string?>> ListHomesAsync(CancellationToken cancellation) =>
        QueryEachAsync(answer => answer.Home, cancellation);

    private async Task<IReadOnlyDictionary<string, string?>> QueryEachAsync(
        Func<OwnerView, string?> which, CancellationToken cancellation)
    {
        var nodes = new ConcurrentDictionary<string, string?>();
        await Parallel.ForEachAsync(
            Crowd.Users,
            new ParallelOptions { MaxDegreeOfParallelism = QuestionsAtOnce, CancellationToken = cancellation },
            async (user, token) => nodes[user.Name] = which((await Cluster.FindOwnerAsync(user.Name, token)).Value));
        return nodes;
    }
}
