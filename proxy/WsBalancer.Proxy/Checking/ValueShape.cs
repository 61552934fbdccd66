using Microsoft.Extensions.Configuration;
using WsBalancer.Proxy.Settings;

namespace WsBalancer.Proxy.Checking;

/// <summary>A single value.</summary>
/// <param name="expected">The valid values as text, to follow the word "expected".</param>
/// <param name="isValid">Whether a text is a valid value.</param>
/// <param name="translate">Writes a valid value as the platform's readers need it; null if they read it as it is.
/// </param>
internal sealed class ValueShape(
    string expected, Func<string, bool> isValid, Func<string, string>? translate = null) : KeyShape
{
    public static readonly ValueShape Text = new("a text", static _ => true);

    public override string Expected => expected;

    public override IEnumerable<SettingsError> MistakesIn(IConfigurationSection section)
    {
        if (section.GetChildren().Any())
        {
            yield return new SettingsError(section.Path, $"{section.Path} is a section or a list: expected {expected}");
        }
        else if (section.Value is { } value && !isValid(value))
        {
            yield return Wrong(section);
        }
    }

    public override IEnumerable<KeyValuePair<string, string?>> TranslationsIn(IConfigurationSection section) =>
        translate is not null && section.Value is { } value && isValid(value)
            ? [KeyValuePair.Create(section.Path, (string?)translate(value))]
            : [];
}
