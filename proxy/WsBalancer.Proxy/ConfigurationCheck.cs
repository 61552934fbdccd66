using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using WsBalancer.Proxy.Admin;
using WsBalancer.Proxy.Checking;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Identity;
using WsBalancer.Proxy.Placement;
using WsBalancer.Proxy.Settings;
using WsBalancer.Proxy.Sockets;
using WsBalancer.Proxy.State;
using Yarp.ReverseProxy.Configuration;

namespace WsBalancer.Proxy;

/// <summary>
/// Finds every mistake in a whole configuration, YARP's part and the balancer's together, without applying any of it.
/// </summary>
internal static class ConfigurationCheck
{
    /// <summary>The name of YARP's section.</summary>
    public const string ProxySection = "ReverseProxy";

    /// <summary>The name of the server's section.</summary>
    public const string ServerSection = "Kestrel";

    /// <summary>The name of the log's section.</summary>
    public const string LogSection = "Logging";

    /// <summary>The key of the address of the admin host.</summary>
    public const string AdminUrl =
        $"{BalancerSettings.Section}:{nameof(BalancerSettings.Admin)}:{nameof(AdminOptions.Url)}";

    private const string ExpectedCluster = $"expected the name of a cluster under {ProxySection}:Clusters.";

    private static readonly string[] Roots =
        [ListenAddresses.Urls, ServerSection, LogSection, ProxySection, BalancerSettings.Section];

    private static readonly KeyShape ProxyShape = ProxyKeys.Shape(NodeWeight.MetadataKey, NodeRingKey.MetadataKey);

    /// <param name="configuration">The configuration.</param>
    /// <param name="folder">Where a relative path of the state file begins.</param>
    /// <param name="mayBeEmpty">Whether a cluster may have nodes that the configuration does not name; null: any may.
    /// </param>
    public static async Task<CheckedConfiguration> RunAsync(
        IConfiguration configuration, string folder, Func<StateOptions, string, bool>? mayBeEmpty = null)
    {
        var section = configuration.GetSection(ProxySection);
        var mistakes = new List<SettingsError>();
        mistakes.AddRange(UnknownKeysOf(configuration));
        mistakes.AddRange(ServerKeys.Shape.MistakesIn(configuration.GetSection(ServerSection)));
        mistakes.AddRange(ListenAddresses.MistakesIn(configuration));
        new ServerLimits(mistakes).Apply(configuration.GetSection(ServerSection), ServerDefaults.Create());
        mistakes.AddRange(LogKeys.Shape.MistakesIn(configuration.GetSection(LogSection)));
        var ofProxy = ProxyShape.MistakesIn(section).ToList();
        mistakes.AddRange(ofProxy);
        var settings = BalancerSettings.Read(configuration, mistakes);
        mistakes.AddRange(ClaimsIn(settings));
        AddMachineMistakes(configuration, settings, folder, mistakes);

        var translated = new ConfigurationBuilder()
            .AddConfiguration(configuration)
            .AddInMemoryCollection(ProxyShape.TranslationsIn(section))
            .Build();
        var proxy = await AddProxyMistakesAsync(translated.GetSection(ProxySection), ofProxy.Count == 0, mistakes);
        var read = new CheckedConfiguration(translated, settings, proxy, mistakes);
        if (proxy is not null)
        {
            AddRingMistakes(read, mistakes);
            mistakes.AddRange(mayBeEmpty is null ? [] : EmptyIn(read, mayBeEmpty));
        }

        return read;
    }

    private static IEnumerable<SettingsError> UnknownKeysOf(IConfiguration configuration) =>
        from section in configuration.GetChildren()
        where !Roots.Contains(section.Key, StringComparer.OrdinalIgnoreCase)
        select SettingsError.UnknownKey(section, Roots);

    // Adds the mistakes for which the start would fail on this machine.
    private static void AddMachineMistakes(
        IConfiguration configuration, BalancerSettings settings, string folder, List<SettingsError> mistakes)
    {
        var admin = configuration[AdminUrl] ?? settings.Admin.Address;
        if (settings.Admin.SocketPath is null && !mistakes.Exists(mistake => mistake.Key == AdminUrl))
        {
            var mistake = ListenAddress.Find(AdminUrl, admin) is { } address
                ? address.LocalMistake()
                : new SettingsError(
                    AdminUrl,
                    $"{AdminUrl} is '{admin}': expected http://ADDRESS:PORT or https://ADDRESS:PORT with an IP address "
                    + "or localhost and a port from 0 to 65535, or unix:/PATH");
            mistakes.AddRange(mistake is null ? [] : [mistake]);
        }

        if (settings.State.FileIn(folder) is { } state && settings.Admin.Events.FileIn(folder, state) == state)
        {
            mistakes.Add(new SettingsError(
                "WsBalancer:Admin:Events:Path",
                $"WsBalancer:Admin:Events:Path is '{state}', which is the state file: expected another file"));
        }

        SettingsError[] ofAdmin = [.. settings.Admin.MistakesIn(folder)];
        mistakes.AddRange([.. ofAdmin.Where(mistake => !mistakes.Exists(other => other.Key == mistake.Key))]);
        mistakes.AddRange(ListenAddresses.ConflictsIn([.. ListenAddresses.Of(configuration), (AdminUrl, admin)]));
        mistakes.AddRange(SourceAddressCheck.MistakesIn(settings.Sockets));
        if (settings.State.MistakeIn(folder) is { } path && !mistakes.Exists(mistake => mistake.Key == path.Key))
        {
            mistakes.Add(path);
        }
    }

    // Runs YARP's own parser and validators, in a temporary container.
    private static async Task<IProxyConfig?> AddProxyMistakesAsync(
        IConfigurationSection section, bool isReadable, List<SettingsError> mistakes)
    {
        var services = new ServiceCollection();
        services.AddLogging().AddReverseProxy().LoadFromConfig(section);
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
            if (isReadable)
            {
                mistakes.Add(new SettingsError(ProxySection, $"{ProxySection}: {ex.Message}"));
            }

            return null;
        }

        await AddYarpMistakesAsync(proxy, provider.GetRequiredService<IConfigValidator>(), mistakes);
        if (proxy.Clusters.Count > 0)
        {
            mistakes.AddRange(RouteRules.MistakesIn(proxy.Routes, $"{ProxySection}:Routes"));
        }

        return proxy;
    }

    private static async Task AddYarpMistakesAsync(
        IProxyConfig proxy, IConfigValidator validator, List<SettingsError> mistakes)
    {
        foreach (var cluster in proxy.Clusters)
        {
            var key = $"{ProxySection}:Clusters:{cluster.ClusterId}";
            var errors = await validator.ValidateClusterAsync(cluster);
            mistakes.AddRange(errors.Select(error => new SettingsError(key, $"{key}: {error.Message}")));
        }

        foreach (var route in proxy.Routes)
        {
            var key = $"{ProxySection}:Routes:{route.RouteId}";
            var errors = await validator.ValidateRouteAsync(route);
            mistakes.AddRange(errors.Select(error => new SettingsError(key, $"{key}: {error.Message}")));
            if (route.ClusterId is { } id && !proxy.Clusters.Any(
                cluster => string.Equals(cluster.ClusterId, id, StringComparison.OrdinalIgnoreCase)))
            {
                mistakes.Add(new SettingsError(
                    $"{key}:ClusterId", $"{key}:ClusterId is '{id}': {ExpectedCluster}"));
            }
        }
    }

    // In a host without an application nothing authenticates requests, so that there are no claims.
    private static IEnumerable<SettingsError> ClaimsIn(BalancerSettings settings) =>
        from cluster in settings.Clusters
        from source in cluster.Value.Get<IdentityOptions>().ClaimSources()
        let key = $"{BalancerSettings.Section}:Clusters:{cluster.Key}:{nameof(IdentityOptions.UserKey)}"
        select new SettingsError(
            key,
            $"{key} is '{source}': expected {UserKeySource.OfRequests}, since wsbalancer authenticates nobody: claims "
            + "are for an application with AddWsBalancer");

    private static void AddRingMistakes(CheckedConfiguration read, List<SettingsError> mistakes)
    {
        string[] known = [.. read.Clusters.Select(cluster => cluster.ClusterId)];
        foreach (var (id, ours) in read.Settings.Clusters)
        {
            var key = $"{BalancerSettings.Section}:Clusters:{id}";
            if (ClusterNames.MistakeIn(key, id, known) is { } mistake)
            {
                mistakes.Add(mistake);
            }
            else if (read.FindCluster(id) is { } cluster)
            {
                mistakes.AddRange(ClusterFilter.MistakesIn(cluster, ours));
            }
        }
    }

    private static IEnumerable<SettingsError> EmptyIn(
        CheckedConfiguration read, Func<StateOptions, string, bool> mayBeEmpty)
    {
        const string Clusters = $"{ProxySection}:Clusters";
        if (read.Clusters.Count == 0)
        {
            yield return new SettingsError(
                Clusters,
                $"{Clusters} is empty: expected at least one cluster, without which every request is answered with "
                + "404.");
        }

        foreach (var id in read.Settings.Clusters.Keys)
        {
            var key = $"{Clusters}:{id}:Destinations";
            if (read.FindCluster(id) is { Destinations: null or { Count: 0 } } && !mayBeEmpty(read.Settings.State, id))
            {
                yield return new SettingsError(
                    key,
                    $"{key} is empty: expected at least one node, since none can register itself "
                    + $"({BalancerSettings.Section}:State:Redis is not set) and none was added at run time. Without a "
                    + "node every handshake is answered with 503.");
            }
        }
    }
}
