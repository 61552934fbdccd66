using Microsoft.Extensions.Configuration;
using WsBalancer.Proxy.Settings;

namespace WsBalancer.Proxy.Checking;

/// <summary>The values that are valid at a key of the server, of YARP or of the log.</summary>
internal abstract class KeyShape
{
    /// <summary>The valid values as text, to follow the word "expected".</summary>
    public abstract string Expected { get; }

    public abstract IEnumerable<SettingsError> MistakesIn(IConfigurationSection section);

    /// <summary>
    /// The keys whose values the platform's readers need in another syntax, each with the translated value.
    /// </summary>
    public virtual IEnumerable<KeyValuePair<string, string?>> TranslationsIn(IConfigurationSection section) => [];

    protected SettingsError Wrong(IConfigurationSection section) =>
        new(section.Path, $"{section.Path} is '{section.Value}': expected {Expected}");
}
