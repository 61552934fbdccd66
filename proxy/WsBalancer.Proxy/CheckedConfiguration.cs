using Microsoft.Extensions.Configuration;
using WsBalancer.Proxy.Settings;
using Yarp.ReverseProxy.Configuration;

namespace WsBalancer.Proxy;

/// <summary>A whole configuration after its check.</summary>
/// <param name="Configuration">All keys, in the syntax that the platform's readers need.</param>
/// <param name="Settings">The balancer's part; valid only if there is no mistake.</param>
/// <param name="Proxy">YARP's part; null if it cannot be read.</param>
/// <param name="Mistakes">The mistakes in all parts.</param>
internal sealed record CheckedConfiguration(
    IConfigurationRoot Configuration,
    BalancerSettings Settings,
    IProxyConfig? Proxy,
    IReadOnlyList<SettingsError> Mistakes)
{
    /// <summary>YARP's clusters; empty if its part cannot be read.</summary>
    public IReadOnlyList<ClusterConfig> Clusters => Proxy?.Clusters ?? [];

    /// <summary>YARP's routes; empty if its part cannot be read.</summary>
    public IReadOnlyList<RouteConfig> Routes => Proxy?.Routes ?? [];

    /// <summary>YARP's configuration of a cluster; null if there is none. Ids ignore case.</summary>
    public ClusterConfig? FindCluster(string id) => Clusters.FirstOrDefault(
        cluster => string.Equals(cluster.ClusterId, id, StringComparison.OrdinalIgnoreCase));
}
