using WsBalancer.Proxy.Settings;

namespace WsBalancer.Proxy.Checking;

/// <summary>The rule that a cluster for the ring is one of YARP's clusters. Ids ignore case, as YARP's do.</summary>
internal static class ClusterNames
{
    /// <summary>The mistake that YARP does not have a cluster; null if it has.</summary>
    /// <param name="key">The full path of the settings of the cluster.</param>
    /// <param name="id">The cluster.</param>
    /// <param name="known">The clusters of YARP.</param>
    public static SettingsError? MistakeIn(string key, string id, IReadOnlyCollection<string> known) =>
        known.Contains(id, StringComparer.OrdinalIgnoreCase)
            ? null
            : new SettingsError(key, $"{key}: YARP has no cluster '{id}' (ReverseProxy:Clusters); {Hint(id, known)}");

    private static string Hint(string id, IReadOnlyCollection<string> known) => NearestName.Find(id, known) is { } name
        ? $"did you mean '{name}'?"
        : known.Count == 0
            ? "YARP has no clusters at all."
            : $"expected one of {string.Join(", ", known.Order(StringComparer.Ordinal).Select(one => $"'{one}'"))}.";
}
