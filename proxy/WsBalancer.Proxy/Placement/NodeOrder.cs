using System.Security.Cryptography;
using WsBalancer.HashRing;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Health;

namespace WsBalancer.Proxy.Placement;

/// <summary>
/// The nodes to try for one request, best first: the available ones in the user's order, then, for want of health,
/// those that are merely not draining. Reads the fleet anew at every step, so that what an attempt found out counts.
/// </summary>
/// <param name="cluster">The cluster to choose in.</param>
/// <param name="user">The user id; null spreads by weight.</param>
/// <param name="preference">What else decides, if anything.</param>
/// <param name="tryBeginTrial">Begins a trial of a silent node; null for what is no handshake.</param>
internal sealed class NodeOrder(
    FleetCluster cluster,
    string? user,
    NodePreference? preference = null,
    Func<Node, NodeTrial?>? tryBeginTrial = null)
    : IDisposable
{
    private readonly ulong _anywhere = user is null ? BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)) : 0;
    private List<Node>? _tried;

    /// <summary>Whether the last node was chosen because the user's newest live tunnel leads there.</summary>
    public bool Followed { get; private set; }

    /// <summary>Whether the last node was chosen because one before it has reached its bound.</summary>
    public bool Spilled { get; private set; }

    /// <summary>Whether, now that there is none left, one was passed over for nothing but being full.</summary>
    public bool PassedFull { get; private set; }

    /// <summary>The trial, if the last node is silent and to be tried.</summary>
    public NodeTrial? Trial { get; private set; }

    /// <summary>What the handshake holds; null for one that nothing limits, and for what is no handshake.</summary>
    public IHandshakePlace? Place => preference?.Place;

    /// <summary>The next node to try, or null when there is none left.</summary>
    public Node? Next()
    {
        while (Best(cluster.Current) is { } next)
        {
            (_tried ??= new List<Node>(1)).Add(next);
            if (Place is not { } place || place.TryTake(next))
            {
                return next;
            }

            // Another handshake took the last place since the fleet was read.
            PassedFull = true;
        }

        PassedFull |= Array.Exists(cluster.Current.Nodes, IsPassedFull);
        return null;
    }

    /// <summary>Gives back what the handshake still holds.</summary>
    public void Dispose()
    {
        Place?.Dispose();
        Trial?.End();
    }

    private bool IsPassedFull(Node node) =>
        node is { IsFull: true, IsDraining: false, Weight: > 0 } && _tried?.Contains(node) != true;

    private Node? Best(FleetSnapshot snapshot)
    {
        var followed = FollowLive(snapshot);
        Followed = followed is not null;
        Spilled = false;
        Trial?.End();
        Trial = null;
        return followed
            ?? ToBeTried(snapshot)
            ?? WithinBound(snapshot, Choose(snapshot, snapshot.Available))
            ?? Choose(snapshot, ForWantOfHealth(snapshot));
    }

    private Node? FollowLive(FleetSnapshot snapshot) =>
        _tried is null && preference?.Live is [.., var newest]
            ? Array.Find(snapshot.Nodes, node => node.Key == newest.Identity.Node && MayBeFollowed(node))
            : null;

    private bool MayBeFollowed(Node node) =>
        node is { Weight: > 0, IsDraining: false, IsSilent: false } && !(preference!.SkipsFull && node.IsFull);

    // A silent node is tried with a handshake that would be its own, so that a trial moves nobody.
    private Node? ToBeTried(FleetSnapshot snapshot)
    {
        if (tryBeginTrial is null
            || _tried is not null
            || !snapshot.HasSilent
            || Choose(snapshot, snapshot.AvailableOrSilent) is not { IsSilent: true } silent)
        {
            return null;
        }

        Trial = tryBeginTrial(silent);
        return Trial is null ? null : silent;
    }

    // The second of the available ones at most, so that a user is always at one of two nodes; and only at first, since
    // after a failed attempt there is enough to do without.
    private Node? WithinBound(FleetSnapshot snapshot, Node? first)
    {
        if (_tried is not null || first is null || preference?.Bound is not { } bound || !bound.LoadOf(first).IsReached)
        {
            return first;
        }

        var second = Choose(snapshot, snapshot.Available.Without(Array.IndexOf(snapshot.Nodes, first)));
        Spilled = second is not null && !bound.LoadOf(second).IsReached;
        return Spilled ? second : first;
    }

    private NodeMask ForWantOfHealth(FleetSnapshot snapshot)
    {
        var mask = snapshot.NotDraining;
        for (var i = 0; i < snapshot.Nodes.Length && preference is { SkipsFull: true }; i++)
        {
            mask = snapshot.Nodes[i].IsFull ? mask.Without(i) : mask;
        }

        return mask;
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
