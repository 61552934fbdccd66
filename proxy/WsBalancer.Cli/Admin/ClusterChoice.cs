using WsBalancer.Proxy.Admin.Clusters;

namespace WsBalancer.Cli.Admin;

/// <summary>Selects the cluster of a command: the named one, or the only one.</summary>
internal static class ClusterChoice
{
    /// <returns>The indexes of all clusters in the list, or of the one that was named.</returns>
    /// <exception cref="CommandFailure">There is no cluster, or the name is unknown.</exception>
    public static IReadOnlyList<int> Several(IReadOnlyList<ClusterView> clusters, string? named) =>
        named is null && clusters.Count > 1 ? [.. Enumerable.Range(0, clusters.Count)] : [Pick(clusters, named)];

    /// <returns>The index of the cluster in the list.</returns>
    /// <exception cref="CommandFailure">
    /// There is no cluster, there are several and none is named, or the name is unknown.
    /// </exception>
    public static int Pick(IReadOnlyList<ClusterView> clusters, string? named)
    {
        var ids = string.Join(", ", clusters.Select(cluster => cluster.Id));
        if (clusters.Count is 0)
        {
            throw new CommandFailure(
                ExitCode.Failed, "The balancer places no cluster by a ring: WsBalancer:Clusters names none.");
        }

        if (named is null)
        {
            return clusters.Count is 1
                ? 0
                : throw new CommandFailure(
                    ExitCode.Usage, $"There are several clusters; choose one with --cluster: {ids}.");
        }

        var index = clusters.Index().Where(entry => entry.Item.Id == named).Select(entry => entry.Index);
        return index.FirstOrDefault(-1) is var found and >= 0
            ? found
            : throw new CommandFailure(ExitCode.Failed, $"There is no cluster '{named}'. There are: {ids}.");
    }
}
