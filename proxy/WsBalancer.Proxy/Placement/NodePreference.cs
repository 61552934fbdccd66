using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Placement;

/// <summary>What decides beside the ring where one user goes. Most have none of it.</summary>
/// <param name="Live">The user's live tunnels, if the first choice is to follow the newest of them.</param>
/// <param name="Bound">What the first choice's load is held to.</param>
/// <param name="Place">What a handshake holds: it goes only where it gets a place.</param>
/// <param name="SkipsFull">Whether full nodes are out of the question, as for tunnels; requests avoid them.</param>
internal sealed record NodePreference(
    IReadOnlyList<Tunnel>? Live = null,
    ILoadBound? Bound = null,
    IHandshakePlace? Place = null,
    bool SkipsFull = false)
{
    /// <summary>For a plain request: it goes where a new tunnel of the user would go.</summary>
    public static NodePreference? ForRequest(
        FleetCluster cluster, string? user, TunnelRegistry tunnels, IAdmission admission)
    {
        var bound = admission.BoundOf(cluster);

        // A user whom the bound sent elsewhere stays there, or the next tab would be at another node.
        var follows = user is not null
            && (bound is not null || cluster.Current.Settings.Get<PlacementOptions>().FollowLive);
        return follows || bound is not null
            ? new NodePreference(follows ? tunnels.Of(cluster.Id, user!) : null, bound)
            : null;
    }

    /// <summary>For a new tunnel.</summary>
    public static NodePreference? ForTunnel(
        FleetCluster cluster, string? user, TunnelRegistry tunnels, IAdmission admission, IHandshakePlace? place)
    {
        var preference = ForRequest(cluster, user, tunnels, admission);
        return place is null && preference is null
            ? null
            : (preference ?? new NodePreference()) with { Place = place, SkipsFull = true };
    }

    /// <summary>For the question where a new tunnel would go.</summary>
    public static NodePreference ForQuestion(
        FleetCluster cluster, string user, TunnelRegistry tunnels, IAdmission admission) =>
        (ForRequest(cluster, user, tunnels, admission) ?? new NodePreference()) with { SkipsFull = true };
}
