using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using WsBalancer.Proxy.Checking;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Placement;
using WsBalancer.Proxy.State;
using Yarp.ReverseProxy.Configuration;

namespace WsBalancer.Proxy;

/// <summary>
/// Finds every mistake in a whole configuration, YARP's part and ours together, without applying any of it.
/// </summary>
internal static class ConfigurationCheck
{
    /// <summary>The name of YARP's section.</summary>
    public const string ProxySection = "ReverseProxy";

    /// <summary>The name of the server's section.</summary>
    public const string ServerSection = "Kestrel";

    /// <summary>The name of the log's section.</summary>
    public const string LogSection = "Logging";

    private const string ExpectedCluster = $"expected the name of a cluster under {ProxySection}:Clusters.";

    private static readonly string[] Roots =
        ["Urls", ServerSection, LogSection, ProxySection, BalancerSettings.Section];

    private static readonly KeyShape ProxyShape = ProxyKeys.Shape(NodeWeight.MetadataKey, NodeRingKey.MetadataKey);

    /// <param name="configuration">The configuration.</param>
    /// <param name="mayBeEmpty">Whether a cluster may have nodes that the configuration does not name; null: any may.
    /// </param>
    /// <returns>A sentence for each mistake; empty if there is none.</returns>
    public static async Task<IReadOnlyList<string>> FindMistakesAsync(
        IConfiguration configuration, Func<StateOptions, string, bool>? mayBeEmpty = null)
    {
        var errors = new List<SettingsError>();
        errors.AddRange(UnknownKeysOf(configuration));
        errors.AddRange(ServerKeys.Shape.MistakesIn(configuration.GetSection(ServerSection)));
        errors.AddRange(ListenAddresses.MistakesIn(configuration));
        new ServerLimits(errors).Apply(configuration.GetSection(ServerSection), ServerDefaults.Create());
        errors.AddRange(LogKeys.Shape.MistakesIn(configuration.GetSection(LogSection)));
        var proxyErrors = ProxyShape.MistakesIn(configuration.GetSection(ProxySection)).ToList();
        errors.AddRange(proxyErrors);
        var settings = BalancerSettings.Read(configuration, errors);
        var mistakes = errors.Select(error => error.Message).ToList();

        // YARP's own parser and validators, in a container of their own that is thrown away.
        var services = new ServiceCollection();
        services.AddLogging().AddReverseProxy().LoadFromConfig(configuration.GetSection(ProxySection));
        services.CreateKeysOnDemand();
        await using var provider = services.BuildServiceProvider();
        IProxyConfig proxy;
        try
        {
            proxy = provider.GetRequiredService<IProxyConfigProvider>().GetConfig();
        }
        catch (Exception ex) when (ex is not OutOfMemoryException)
        {
            // YARP's parser throws at the first bad value, and does not name the key.
            if (proxyErrors.Count == 0)
            {
                mistakes.Add($"{ProxySection}: {ex.Message}");
            }

            return mistakes;
        }

        await AddYarpMistakesAsync(proxy, provider.GetRequiredService<IConfigValidator>(), mistakes);
        AddRingMistakes(proxy, settings, mistakes);
        if (mayBeEmpty is not null)
        {
            mistakes.AddRange(EmptyIn(proxy, settings, mayBeEmpty));
        }

        return mistakes;
    }

    private static IEnumerable<SettingsError> UnknownKeysOf(IConfiguration configuration) =>
        from section in configuration.GetChildren()
        where !Roots.Contains(section.Key, StringComparer.OrdinalIgnoreCase)
        select SettingsError.UnknownKey(section, Roots);

    private static async Task AddYarpMistakesAsync(
        IProxyConfig proxy, IConfigValidator validator, List<string> mistakes)
    {
        foreach (var cluster in proxy.Clusters)
        {
            var errors = await validator.ValidateClusterAsync(cluster);
            mistakes.AddRange(errors.Select(error => $"{ProxySection}:Clusters:{cluster.ClusterId}: {error.Message}"));
        }

        foreach (var route in proxy.Routes)
        {
            var key = $"{ProxySection}:Routes:{route.RouteId}";
            var errors = await validator.ValidateRouteAsync(route);
            mistakes.AddRange(errors.Select(error => $"{key}: {error.Message}"));
            if (route.ClusterId is { } id && !proxy.Clusters.Any(cluster => IsNamed(cluster, id)))
            {
                mistakes.Add($"{key}:ClusterId is '{id}': {ExpectedCluster}");
            }
        }
    }

    private static void AddRingMistakes(IProxyConfig proxy, BalancerSettings settings, List<string> mistakes)
    {
        foreach (var (id, ours) in settings.Clusters)
        {
            if (proxy.Clusters.FirstOrDefault(cluster => IsNamed(cluster, id)) is { } cluster)
            {
                mistakes.AddRange(ClusterFilter.MistakesIn(cluster, ours));
            }
            else
            {
                mistakes.Add($"{BalancerSettings.Section}:Clusters:{id}: {ExpectedCluster}");
            }
        }
    }

    private static IEnumerable<string> EmptyIn(
        IProxyConfig proxy, BalancerSettings settings, Func<StateOptions, string, bool> mayBeEmpty)
    {
        if (proxy.Clusters.Count == 0)
        {
            yield return $"{ProxySection}:Clusters is empty: expected at least one cluster, without which every "
                + "request is answered with 404.";
        }

        foreach (var id in settings.Clusters.Keys)
        {
            if (proxy.Clusters.FirstOrDefault(cluster => IsNamed(cluster, id)) is { Destinations: null or { Count: 0 } }
                && !mayBeEmpty(settings.State, id))
            {
                yield return $"{ProxySection}:Clusters:{id}:Destinations is empty: expected at least one node, since "
                    + $"none can register itself ({BalancerSettings.Section}:State:Redis is not set) and none was "
                    + "added at run time. Without a node every handshake is answered with 503.";
            }
        }
    }

    private static bool IsNamed(ClusterConfig cluster, string id) =>
        string.Equals(cluster.ClusterId, id, StringComparison.OrdinalIgnoreCase);
}
