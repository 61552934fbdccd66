using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;

namespace WsBalancer.Proxy.Settings;

/// <summary>
/// The section of the configuration in which the settings are, and the settings that the application gives in code,
/// which replace those of the section.
/// </summary>
/// <param name="section">The section. Followed when it changes.</param>
/// <param name="code">Settings by their key in the section.</param>
internal sealed class SettingsOrigin(IConfigurationSection section, IReadOnlyDictionary<string, string?> code)
{
    /// <summary>The key of the section, for messages.</summary>
    public string Path => section.Path;

    /// <summary>The name of the product's section.</summary>
    public const string Section = "WsBalancer";

    /// <summary>The section of a whole configuration that has the product's name, without settings in code.</summary>
    public static SettingsOrigin Of(IConfiguration configuration) =>
        new(configuration.GetSection(Section), new Dictionary<string, string?>());

    /// <summary>Signals when the section changes.</summary>
    public IChangeToken GetReloadToken() => section.GetReloadToken();

    /// <summary>The section as it is now, with the settings in code.</summary>
    public IConfigurationSection Read()
    {
        if (code.Count == 0)
        {
            return section;
        }

        // A value in code replaces the section or the list that has its key.
        var keys = section.AsEnumerable(makePathsRelative: true)
            .Where(pair => pair.Value is not null && !code.Keys.Any(key => IsIn(pair.Key, key)))
            .Concat(code)
            .Select(pair => KeyValuePair.Create($"{section.Path}:{pair.Key}", pair.Value));
        return new ConfigurationBuilder().AddInMemoryCollection(keys).Build().GetSection(section.Path);
    }

    private static bool IsIn(string key, string other) =>
        key.Equals(other, StringComparison.OrdinalIgnoreCase)
        || key.StartsWith($"{other}:", StringComparison.OrdinalIgnoreCase);
}
