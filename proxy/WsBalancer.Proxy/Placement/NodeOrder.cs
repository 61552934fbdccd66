using System.Security.Cryptography;
using WsBalancer.HashRing;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Health;

namespace WsBalancer.Proxy.Placement;

/// <summary>
/// The nodes to try for one request, best first: the available ones in the user's order and, when none is left, those
/// that are unhealthy but not draining. Reads the current state of the fleet at every step, so that the result of the
/// previous attempt has an effect.
/// </summary>
/// <param name="cluster">The cluster of the request.</param>
/// <param name="user">The user id; null without one: then the request is spread by weight.</param>
/// <param name="preference">Further criteria; null if there are none.</param>
/// <param name="tryBeginTrial">Begins a trial of a silent node; null for a request that is not a handshake.</param>
internal sealed class NodeOrder(
    FleetCluster cluster,
    string? user,
    NodePreference? preference = null,
    Func<Node, NodeTrial?>? tryBeginTrial = null)
    : IDisposable
{
    private readonly ulong _anywhere = user is null ? BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)) : 0;
    private List<Node>? _tried;

    /// <summary>Whether the last node was chosen because it has the user's newest live tunnel.</summary>
    public bool Followed { get; private set; }

    /// <summary>Whether the last node was chosen because the first one has reached its bound.</summary>
    public bool Spilled { get; private set; }

    /// <summary>Whether a node was skipped only because it is full. Set when no node is left.</summary>
    public bool HasSkippedFull { get; private set; }

    /// <summary>The trial of the last node, which is silent; null if the node is not tried in this way.</summary>
    public NodeTrial? Trial { get; private set; }

    /// <summary>The next node to try, or null when there is none left.</summary>
    public Node? Next()
    {
        while (Best(cluster.Current)?.Node is { } next)
        {
            (_tried ??= new List<Node>(1)).Add(next);
            if (preference?.Place is not { } place || place.TryTake(next))
            {
                return next;
            }

            // Another handshake took the last place since the fleet was read.
            HasSkippedFull = true;
        }

        HasSkippedFull |= cluster.Current.Nodes.Any(IsPassedFull);
        return null;
    }

    /// <summary>Ends the trial.</summary>
    public void Dispose() => Trial?.End();

    private bool IsPassedFull(NodeStatus node) =>
        node is { IsFull: true, IsDraining: false, Weight: > 0 } && _tried?.Contains(node.Node) != true;

    private NodeStatus? Best(FleetSnapshot snapshot)
    {
        var followed = FollowLive(snapshot);
        Followed = followed is not null;
        Spilled = false;
        Trial?.End();
        Trial = null;
        return followed
            ?? TrialNode(snapshot)
            ?? WithinBound(snapshot, Choose(snapshot, snapshot.Available))
            ?? Choose(snapshot, NotDrainingFallback(snapshot));
    }

    private NodeStatus? FollowLive(FleetSnapshot snapshot) =>
        _tried is null && preference?.Live is [.., var newest]
            ? snapshot.Nodes.FirstOrDefault(node => node.Key == newest.Identity.Node && MayBeFollowed(node))
            : null;

    private bool MayBeFollowed(NodeStatus node) =>
        node is { Weight: > 0, IsDraining: false, IsSilent: false }
        && !(preference is { SkipsFull: true } && node.IsFull);

    // A silent node is tried with a handshake of one of its own users, so that a trial moves no user.
    private NodeStatus? TrialNode(FleetSnapshot snapshot)
    {
        if (tryBeginTrial is null
            || _tried is not null
            || !snapshot.HasSilent
            || Choose(snapshot, snapshot.AvailableOrSilent) is not { IsSilent: true } silent)
        {
            return null;
        }

        Trial = tryBeginTrial(silent.Node);
        return Trial is null ? null : silent;
    }

    // The bound leads to the second available node at most, so that a user is at one of two nodes. After a failed
    // attempt the bound is ignored: any available node is good then.
    private NodeStatus? WithinBound(FleetSnapshot snapshot, NodeStatus? first)
    {
        if (_tried is not null
            || first is null
            || preference?.Bound is not { } bound
            || !bound.LoadOf(first.Node).IsReached)
        {
            return first;
        }

        var second = Choose(snapshot, snapshot.Available.Without(snapshot.IndexOf(first.Node)));
        Spilled = second is not null && !bound.LoadOf(second.Node).IsReached;
        return Spilled ? second : first;
    }

    private NodeMask NotDrainingFallback(FleetSnapshot snapshot)
    {
        var mask = snapshot.NotDraining;
        for (var i = 0; i < snapshot.Nodes.Length && preference is { SkipsFull: true }; i++)
        {
            mask = snapshot.Nodes[i].IsFull ? mask.Without(i) : mask;
        }

        return mask;
    }

    private NodeStatus? Choose(FleetSnapshot snapshot, NodeMask from)
    {
        if (snapshot.Ring is not { } ring)
        {
            return null;
        }

        if (_tried is not null)
        {
            foreach (var node in _tried)
            {
                var tried = snapshot.IndexOf(node);
                from = tried < 0 ? from : from.Without(tried);
            }
        }

        var index = user is null ? ring.OwnerOf(_anywhere, from) : ring.OwnerOf(user, from);
        return index < 0 ? null : snapshot.Nodes[index];
    }
}
