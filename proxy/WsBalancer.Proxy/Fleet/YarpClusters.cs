using Yarp.ReverseProxy.Configuration;

namespace WsBalancer.Proxy.Fleet;

/// <summary>The ids of the clusters that YARP has applied. Thread-safe.</summary>
internal sealed class YarpClusters : IConfigChangeListener
{
    private volatile IReadOnlyCollection<string>? _ids;

    /// <summary>Raised after YARP has applied a configuration, the first one too.</summary>
    public event Action? Applied;

    /// <summary>The ids; null before YARP has applied its first configuration.</summary>
    public IReadOnlyCollection<string>? Ids => _ids;

    public void ConfigurationLoadingFailed(IProxyConfigProvider configProvider, Exception exception)
    {
        // The clusters are unchanged.
    }

    public void ConfigurationLoaded(IReadOnlyList<IProxyConfig> proxyConfigs)
    {
        // The clusters change when the configuration is applied.
    }

    public void ConfigurationApplyingFailed(IReadOnlyList<IProxyConfig> proxyConfigs, Exception exception)
    {
        // The clusters are unchanged.
    }

    public void ConfigurationApplied(IReadOnlyList<IProxyConfig> proxyConfigs)
    {
        _ids = [.. proxyConfigs.SelectMany(config => config.Clusters ?? []).Select(cluster => cluster.ClusterId)];
        Applied?.Invoke();
    }
}
