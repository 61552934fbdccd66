using Microsoft.Extensions.Configuration;

namespace WsBalancer.Proxy.Checking;

/// <summary>The values that are valid at a key of the server, of YARP or of the log.</summary>
internal abstract class KeyShape
{
    /// <summary>The valid values as text, to follow the word "expected".</summary>
    public abstract string Expected { get; }

    public abstract IEnumerable<SettingsError> MistakesIn(IConfigurationSection section);

    protected SettingsError Wrong(IConfigurationSection section) =>
        new(section.Path, $"{section.Path} is '{section.Value}': expected {Expected}");
}
