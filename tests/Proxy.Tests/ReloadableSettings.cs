using Microsoft.Extensions.Configuration;

namespace WsBalancer.Proxy.Tests;

/// <summary>A configuration in memory that can be replaced as a whole, like a file that is rewritten.</summary>
internal sealed class ReloadableSettings : ConfigurationProvider, IConfigurationSource
{
    public ReloadableSettings(IDictionary<string, string?> settings) => Data = Copy(settings);

    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

    public void Replace(IDictionary<string, string?> settings)
    {
        Data = Copy(settings);
        OnReload();
    }

    private static Dictionary<string, string?> Copy(IDictionary<string, string?> settings) =>
        new(settings, StringComparer.OrdinalIgnoreCase);
}
