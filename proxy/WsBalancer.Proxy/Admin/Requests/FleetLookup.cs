using WsBalancer.Proxy.Fleet;

namespace WsBalancer.Proxy.Admin.Requests;

/// <summary>Finds the cluster that the path of a request names.</summary>
internal static class FleetLookup
{
    /// <exception cref="RefusedException">There is no such cluster.</exception>
    public static FleetCluster Get(this FleetRegistry fleet, string cluster)
    {
        if (fleet.Find(cluster) is { } found)
        {
            return found;
        }

        var known = string.Join(", ", fleet.Clusters.Select(other => $"'{other.Id}'"));
        throw new RefusedException(
            RefusalKind.Unknown, $"There is no cluster '{cluster}'; known: {(known.Length == 0 ? "none" : known)}.");
    }
}
