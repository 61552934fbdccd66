using WsBalancer.Proxy;
using WsBalancer.Proxy.Checking;

namespace WsBalancer.Cli.Run;

/// <summary>
/// The keys that are read at the start only: those of the addresses, of the server, and of some sections under
/// <c>WsBalancer</c>. Binding an address again would end every tunnel of it within seconds, and limits belong to the
/// server as a whole. YARP's sections and the log follow every reload.
/// </summary>
internal static class StartOnlyKeys
{
    private static readonly string[] Sections =
        [ListenAddresses.Urls, ConfigurationCheck.ServerSection, .. BalancerSettings.OfTheStart];

    /// <summary>The keys whose values differ from those of the start.</summary>
    public static string[] Changed(IDictionary<string, string?> started, IDictionary<string, string?> now) =>
        [.. started.Keys.Union(now.Keys, StringComparer.OrdinalIgnoreCase)
            .Where(key => IsStartOnly(key) && ValueIn(started, key) != ValueIn(now, key))
            .Order(StringComparer.OrdinalIgnoreCase)];

    private static bool IsStartOnly(string key) => Array.Exists(Sections, section =>
        key.StartsWith(section, StringComparison.OrdinalIgnoreCase)
        && (key.Length == section.Length || key[section.Length] == ':'));

    private static string? ValueIn(IDictionary<string, string?> settings, string key) =>
        settings.TryGetValue(key, out var value) ? value : null;
}
