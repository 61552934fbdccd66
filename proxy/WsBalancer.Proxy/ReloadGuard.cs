using Microsoft.Extensions.Configuration;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy;

/// <summary>
/// Refuses a changed configuration that takes every node from a cluster, or every cluster from the balancer: a file
/// that was emptied by accident looks like one that was emptied on purpose.
/// </summary>
internal sealed class ReloadGuard(FleetLosses losses)
{
    /// <summary>Whether a cluster without nodes in a changed configuration may have them from elsewhere.</summary>
    public bool MayBeEmpty(StateOptions state, string cluster) => state.IsShared || losses.IsKnown(cluster);

    /// <returns>A sentence for each loss, without its full stop; empty if nothing is lost.</returns>
    public IReadOnlyList<string> LossesIn(IConfiguration configuration)
    {
        var clusters = IdsIn(configuration.GetSection($"{BalancerSettings.Section}:Clusters"));
        return
        [
            .. losses.OfClusters(clusters),
            .. clusters.Select(cluster => losses.OfNodes(cluster, IdsIn(configuration.GetSection(
                $"{ConfigurationCheck.ProxySection}:Clusters:{cluster}:Destinations")))).OfType<string>(),
        ];
    }

    private static string[] IdsIn(IConfigurationSection section) =>
        [.. section.GetChildren().Select(child => child.Key)];
}
