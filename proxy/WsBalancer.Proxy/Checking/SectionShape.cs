using Microsoft.Extensions.Configuration;
using WsBalancer.Proxy.Settings;

namespace WsBalancer.Proxy.Checking;

/// <summary>A section with keys of its own, with names that the operator chooses, or with both.</summary>
/// <param name="keys">The shape of each key.</param>
/// <param name="others">The shape of all other names; null if there are no others.</param>
internal sealed class SectionShape(IEnumerable<(string Name, KeyShape Shape)> keys, KeyShape? others = null) : KeyShape
{
    private readonly Dictionary<string, KeyShape> _keys =
        keys.ToDictionary(key => key.Name, key => key.Shape, StringComparer.OrdinalIgnoreCase);

    public override string Expected => _keys.Count == 0
        ? "a section of named sections"
        : $"a section with the keys {string.Join(", ", _keys.Keys)}";

    /// <summary>A section whose names the operator chooses.</summary>
    public static SectionShape OfNames(KeyShape shape) => new([], shape);

    public override IEnumerable<SettingsError> MistakesIn(IConfigurationSection section) =>
        string.IsNullOrEmpty(section.Value)
            ? section.GetChildren().SelectMany(MistakesInKey)
            : [Wrong(section)];

    public override IEnumerable<KeyValuePair<string, string?>> TranslationsIn(IConfigurationSection section) =>
        section.GetChildren().SelectMany(child => Find(child.Key)?.TranslationsIn(child) ?? []);

    private KeyShape? Find(string key) => _keys.GetValueOrDefault(key) ?? others;

    private IEnumerable<SettingsError> MistakesInKey(IConfigurationSection child) =>
        Find(child.Key) is { } shape
            ? shape.MistakesIn(child)
            : [SettingsError.UnknownKey(child, _keys.Keys)];
}
