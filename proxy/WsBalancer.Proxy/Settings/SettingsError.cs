using Microsoft.Extensions.Configuration;

namespace WsBalancer.Proxy.Settings;

/// <summary>One mistake in the configuration.</summary>
/// <param name="Key">The full path of the setting, as <c>WsBalancer:Clusters:chat:Drain:CloseCode</c>.</param>
/// <param name="Message">A sentence for the operator that begins with the key.</param>
internal sealed record SettingsError(string Key, string Message)
{
    /// <summary>The value that the message shows; null if it shows none, as of a secret.</summary>
    public string? Value => Message.StartsWith($"{Key} is '", StringComparison.Ordinal)
        && Message.IndexOf("': ", StringComparison.Ordinal) is var end and >= 0
        ? Message[(Key.Length + " is '".Length)..end]
        : null;

    /// <summary>Whether the mistake is an unknown key.</summary>
    public bool IsUnknownKey { get; private init; }

    /// <summary>The error of an unknown key, with the known key that is most similar.</summary>
    public static SettingsError UnknownKey(IConfigurationSection section, IReadOnlyCollection<string> known)
    {
        var hint = NearestName.Find(section.Key, known) is { } name
            ? $"did you mean {name}?"
            : $"expected one of {string.Join(", ", known)}";
        return new SettingsError(section.Path, $"{section.Path} is not a known key: {hint}") { IsUnknownKey = true };
    }
}
