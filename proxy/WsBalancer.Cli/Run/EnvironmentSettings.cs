using System.Text.RegularExpressions;
using WsBalancer.Proxy.Settings;

namespace WsBalancer.Cli.Run;

/// <summary>
/// Settings from environment variables: <c>WSBALANCER__WsBalancer__Admin__Url</c> overrides the same key of the file.
/// </summary>
internal static partial class EnvironmentSettings
{
    public const string Prefix = "WSBALANCER__";

    private const string Mark = "WSBALANCER_";

    // The variables of the operators' commands, which are no settings.
    private static readonly string[] Known = ["WSBALANCER_ADMIN", "WSBALANCER_TOKEN"];

    /// <summary>The names of all variables, sorted.</summary>
    public static IReadOnlyList<string> Names() =>
        [.. Environment.GetEnvironmentVariables().Keys.Cast<string>().Order(StringComparer.Ordinal)];

    /// <summary>A sentence for each variable whose name is nearly that of a setting.</summary>
    public static IEnumerable<string> IgnoredOf(IEnumerable<string> names) =>
        from name in names
        where name.StartsWith(Mark, StringComparison.OrdinalIgnoreCase) && !IsSetting(name)
            && !Known.Contains(name, StringComparer.OrdinalIgnoreCase) && !OfService().IsMatch(name)
        let meant = $"{Prefix}{name[Mark.Length..]}"
        select $"The environment variable {name} is ignored: expected two underscores, as in {meant}.";

    /// <summary>The mistakes, each with the environment variable that sets its key, if one does.</summary>
    public static IEnumerable<SettingsError> NameVariables(
        IEnumerable<SettingsError> mistakes, IReadOnlyList<string> names) =>
        from mistake in mistakes
        let name = names.FirstOrDefault(name => IsSetting(name) && IsOf(KeyOf(name), mistake))
        select name is null
            ? mistake
            : mistake with { Message = $"{mistake.Message} (the environment variable {name} sets it)" };

    // A mistake about an unknown section names the section, not the keys in it.
    private static bool IsOf(string key, SettingsError mistake) =>
        key.Equals(mistake.Key, StringComparison.OrdinalIgnoreCase)
        || (mistake.IsUnknownKey && key.StartsWith($"{mistake.Key}:", StringComparison.OrdinalIgnoreCase));

    private static bool IsSetting(string name) => name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase);

    private static string KeyOf(string variable) =>
        variable[Prefix.Length..].Replace("__", ":", StringComparison.Ordinal);

    // Kubernetes sets variables of this form in every container if a service is named wsbalancer.
    [GeneratedRegex("_SERVICE_HOST$|_SERVICE_PORT(_|$)|_PORT(_[0-9]+_(TCP|UDP|SCTP)(_|$)|$)")]
    private static partial Regex OfService();
}
