using System.Security.Cryptography;
using WsBalancer.HashRing;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Placement;

/// <summary>
/// The nodes to try for one request, best first: the available ones in the user's order, then, for want of health,
/// those that are merely not draining. Reads the fleet anew at every step, so that what an attempt found out counts.
/// </summary>
/// <param name="cluster">The cluster to choose in.</param>
/// <param name="user">The user id; null spreads by weight.</param>
/// <param name="live">The user's live tunnels, if the first choice is to follow the newest of them.</param>
internal sealed class NodeOrder(FleetCluster cluster, string? user, IReadOnlyList<Tunnel>? live = null)
{
    private readonly ulong _anywhere = user is null ? BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)) : 0;
    private List<Node>? _tried;

    /// <summary>Whether the last node was chosen because the user's newest live tunnel leads there.</summary>
    public bool Followed { get; private set; }

    /// <summary>The order for a user, following the live tunnels if the cluster is configured so.</summary>
    public static NodeOrder For(FleetCluster cluster, string? user, TunnelRegistry tunnels) => new(
        cluster,
        user,
        user is not null && cluster.Current.Settings.Get<PlacementOptions>().FollowLive
            ? tunnels.Of(cluster.Id, user)
            : null);

    /// <summary>The next node to try, or null when there is none left.</summary>
    public Node? Next()
    {
        var snapshot = cluster.Current;
        var next = FollowLive(snapshot)
            ?? Choose(snapshot, snapshot.Available)
            ?? Choose(snapshot, snapshot.NotDraining);
        if (next is not null)
        {
            (_tried ??= new List<Node>(1)).Add(next);
        }

        return next;
    }

    private Node? FollowLive(FleetSnapshot snapshot)
    {
        var followed = _tried is null && live is [.., var newest]
            ? Array.Find(
                snapshot.Nodes, node => node.Key == newest.Identity.Node && node is { Weight: > 0, IsDraining: false })
            : null;
        Followed = followed is not null;
        return followed;
    }

    private Node? Choose(FleetSnapshot snapshot, NodeMask from)
    {
        if (snapshot.Ring is not { } ring)
        {
            return null;
        }

        if (_tried is not null)
        {
            foreach (var node in _tried)
            {
                var tried = Array.IndexOf(snapshot.Nodes, node);
                from = tried < 0 ? from : from.Without(tried);
            }
        }

        var index = user is null ? ring.OwnerOf(_anywhere, from) : ring.OwnerOf(user, from);
        return index < 0 ? null : snapshot.Nodes[index];
    }
}
