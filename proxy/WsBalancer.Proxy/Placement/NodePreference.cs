using WsBalancer.Proxy.Admission;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Placement;

/// <summary>Criteria that decide on a user's node in addition to the ring. Most users have none.</summary>
/// <param name="Live">The user's live tunnels, if the first node to try is that of the newest one; else null.</param>
/// <param name="Bound">The bound of the load of the first node; null if there is none.</param>
/// <param name="Place">The places of a handshake, which is sent only to a node where it gets one; null without
/// limits.</param>
/// <param name="SkipsFull">Whether full nodes are never tried, as for tunnels. For plain requests they are only the
/// last choice.</param>
internal sealed record NodePreference(
    IReadOnlyList<Tunnel>? Live = null,
    ClusterAdmission? Bound = null,
    HandshakeReservation? Place = null,
    bool SkipsFull = false)
{
    /// <summary>For a plain request, which is sent to the node that a new tunnel of the user would get.</summary>
    public static NodePreference? ForRequest(
        FleetCluster cluster, string? user, TunnelRegistry tunnels, AdmissionControl admission)
    {
        var bound = admission.BoundOf(cluster);

        // A user whom the bound moved to another node stays there: otherwise the next browser tab could be at a
        // different node than the first.
        var live = user is not null
            && (bound is not null || cluster.Current.Settings.Get<PlacementOptions>().FollowLive)
                ? tunnels.Of(cluster.Id, user)
                : null;
        return live is not null || bound is not null ? new NodePreference(live, bound) : null;
    }

    /// <summary>For a new tunnel.</summary>
    public static NodePreference? ForTunnel(
        FleetCluster cluster,
        string? user,
        TunnelRegistry tunnels,
        AdmissionControl admission,
        HandshakeReservation? place)
    {
        var preference = ForRequest(cluster, user, tunnels, admission);
        return place is null && preference is null
            ? null
            : (preference ?? new NodePreference()) with { Place = place, SkipsFull = true };
    }

    /// <summary>For a preview of the node that a new tunnel would get.</summary>
    public static NodePreference ForPreview(
        FleetCluster cluster, string user, TunnelRegistry tunnels, AdmissionControl admission) =>
        (ForRequest(cluster, user, tunnels, admission) ?? new NodePreference()) with { SkipsFull = true };
}
