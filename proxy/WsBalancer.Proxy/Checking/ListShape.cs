using System.Globalization;
using Microsoft.Extensions.Configuration;
using WsBalancer.Proxy.Settings;

namespace WsBalancer.Proxy.Checking;

/// <summary>A list, each item of the same shape.</summary>
internal sealed class ListShape(KeyShape item) : KeyShape
{
    public override string Expected => $"a list, each {item.Expected}";

    public override IEnumerable<SettingsError> MistakesIn(IConfigurationSection section) =>
        string.IsNullOrEmpty(section.Value)
            ? section.GetChildren().SelectMany(MistakesInItem)
            : [Wrong(section)];

    public override IEnumerable<KeyValuePair<string, string?>> TranslationsIn(IConfigurationSection section) =>
        section.GetChildren().SelectMany(item.TranslationsIn);

    private IEnumerable<SettingsError> MistakesInItem(IConfigurationSection child) =>
        int.TryParse(child.Key, CultureInfo.InvariantCulture, out _)
            ? item.MistakesIn(child)
            : [new SettingsError(child.Path, $"{child.Path} is not an item of a list: expected {Expected}")];
}
