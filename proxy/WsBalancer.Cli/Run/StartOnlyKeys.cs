using WsBalancer.Proxy;

namespace WsBalancer.Cli.Run;

/// <summary>
/// The keys of the server and of its addresses, which are read at the start only: rebinding an address ends every
/// tunnel of it within seconds, and limits belong to the server as a whole. YARP's part and the log follow every
/// reload; the sections under <c>WsBalancer</c> report for themselves.
/// </summary>
internal static class StartOnlyKeys
{
    private const string Urls = "Urls";

    /// <summary>The keys whose values differ from those of the start.</summary>
    public static string[] Changed(IDictionary<string, string?> started, IDictionary<string, string?> now) =>
        [.. started.Keys.Union(now.Keys, StringComparer.OrdinalIgnoreCase)
            .Where(key => IsStartOnly(key) && ValueIn(started, key) != ValueIn(now, key))
            .Order(StringComparer.OrdinalIgnoreCase)];

    private static bool IsStartOnly(string key) =>
        key.Equals(Urls, StringComparison.OrdinalIgnoreCase)
        || key.StartsWith($"{ConfigurationCheck.ServerSection}:", StringComparison.OrdinalIgnoreCase);

    private static string? ValueIn(IDictionary<string, string?> settings, string key) =>
        settings.TryGetValue(key, out var value) ? value : null;
}
