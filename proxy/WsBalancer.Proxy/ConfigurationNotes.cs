using WsBalancer.Proxy.Checking;
using WsBalancer.Proxy.Health;
using WsBalancer.Proxy.Settings;
using Yarp.ReverseProxy.Configuration;

namespace WsBalancer.Proxy;

/// <summary>Finds what can be improved in a configuration that has no mistake.</summary>
internal static class ConfigurationNotes
{
    private const string Clusters = $"{ConfigurationCheck.ProxySection}:Clusters";

    /// <returns>A sentence for each note; empty if there is none.</returns>
    public static IReadOnlyList<SettingsError> Find(CheckedConfiguration read) =>
    [
        .. IgnoredUrls(read),
        .. read.Settings.Clusters.OrderBy(cluster => cluster.Key, StringComparer.Ordinal).SelectMany(cluster =>
            NotesOn(read, cluster.Key, cluster.Value.Get<HealthOptions>().Probe)),
    ];

    private static IEnumerable<SettingsError> IgnoredUrls(CheckedConfiguration read) =>
        read.Configuration[ListenAddresses.Urls] is not null
        && ListenAddresses.Of(read.Configuration).All(address => address.Key != ListenAddresses.Urls)
            ? [new SettingsError(
                ListenAddresses.Urls, "Urls is ignored, since there are addresses under Kestrel:Endpoints.")]
            : [];

    private static IEnumerable<SettingsError> NotesOn(CheckedConfiguration read, string id, ProbeKind probe)
    {
        var path = $"{Clusters}:{id}:HealthCheck:Active:Path";
        if (probe == ProbeKind.Auto && string.IsNullOrEmpty(read.Configuration[path]))
        {
            yield return new SettingsError(
                path,
                $"The nodes of cluster '{id}' are probed by TCP, which does not notice a process that hangs until its "
                + $"users do; expected {path}, or Health:Probe set to tcp.");
        }

        if (!read.Routes.Any(route => string.Equals(route.ClusterId, id, StringComparison.OrdinalIgnoreCase)))
        {
            yield return new SettingsError(
                $"{Clusters}:{id}", $"No route has the cluster '{id}': no request reaches its nodes.");
        }

        foreach (var note in SharedAddresses(id, read.FindCluster(id)?.Destinations))
        {
            yield return note;
        }
    }

    private static IEnumerable<SettingsError> SharedAddresses(
        string id, IReadOnlyDictionary<string, DestinationConfig>? nodes) =>
        from same in (nodes ?? new Dictionary<string, DestinationConfig>())
            .OrderBy(node => node.Key, StringComparer.Ordinal)
            .GroupBy(node => new Uri(node.Value.Address))
        from other in same.Skip(1)
        let key = $"{Clusters}:{id}:Destinations:{other.Key}:Address"
        select new SettingsError(
            key,
            $"{key} is '{other.Value.Address}', the address of node '{same.First().Key}', too: they are one process "
            + "with the users of two nodes.");
}
