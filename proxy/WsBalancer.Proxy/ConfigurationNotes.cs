using Microsoft.Extensions.Configuration;
using WsBalancer.Proxy.Health;

namespace WsBalancer.Proxy;

/// <summary>What a configuration without a mistake leaves to be improved.</summary>
internal static class ConfigurationNotes
{
    /// <returns>A sentence for each note; empty if there is none.</returns>
    public static IReadOnlyList<string> Find(IConfiguration configuration) =>
        [.. from cluster in BalancerSettings.Read(configuration, []).Clusters
            let path = $"{ConfigurationCheck.ProxySection}:Clusters:{cluster.Key}:HealthCheck:Active:Path"
            where cluster.Value.Get<HealthOptions>().Probe == ProbeKind.Auto
                && string.IsNullOrEmpty(configuration[path])
            orderby cluster.Key
            select $"The nodes of cluster '{cluster.Key}' are probed by TCP, which does not notice a process that "
                + $"hangs until its users do; expected {path}, or Health:Probe set to tcp."];
}
