using Microsoft.Extensions.Configuration;

namespace WsBalancer.Proxy.Checking;

/// <summary>What may stand at a key that is read by somebody else: by the server, by YARP, by the log.</summary>
internal abstract class KeyShape
{
    /// <summary>What may stand there, to follow the word "expected".</summary>
    public abstract string Expected { get; }

    public abstract IEnumerable<SettingsError> MistakesIn(IConfigurationSection section);

    protected SettingsError Wrong(IConfigurationSection section) =>
        new(section.Path, $"{section.Path} is '{section.Value}': expected {Expected}");
}
