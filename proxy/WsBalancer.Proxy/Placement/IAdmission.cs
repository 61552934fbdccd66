using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Placement;

/// <summary>
/// What limits handshakes, as the placement asks it. A cluster without limits costs nothing: it has no places to take,
/// and no bound.
/// </summary>
internal interface IAdmission
{
    /// <summary>Lets a handshake in, before a node is chosen for it.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="user">The user id, or null.</param>
    /// <param name="place">What the handshake holds until it is disposed; null if nothing limits the cluster.</param>
    /// <returns>Why the handshake is refused; null if it is not.</returns>
    public Rejection? Enter(FleetCluster cluster, string? user, out IHandshakePlace? place);

    /// <summary>Why a handshake of the user would be refused now; null if it would not.</summary>
    public Rejection? Foresee(FleetCluster cluster, string user);

    /// <summary>What bounds the load of nodes; null if nothing does.</summary>
    public ILoadBound? BoundOf(FleetCluster cluster);
}

/// <summary>
/// The places that one handshake holds: in its cluster, of its user, and at one node at a time. The tunnel that comes
/// of it takes them over; disposing gives back what is still held. Used by one handshake, one step after the other.
/// </summary>
internal interface IHandshakePlace : IDisposable
{
    /// <summary>Takes a place at a node, and gives back that at the one before it.</summary>
    /// <returns>Whether there was one; if not, none is held.</returns>
    public bool TryTake(Node node);

    /// <summary>Waits until the node may have one more handshake, for as long as that is worth while.</summary>
    /// <param name="patience">How long the handshake has left.</param>
    /// <param name="clientGone">Ends the wait, and leaves the turn to another.</param>
    /// <returns>When to come back, if it is not worth while; null if it is this handshake's turn.</returns>
    public Task<TimeSpan?> TurnAsync(TimeSpan patience, CancellationToken clientGone);

    /// <summary>Registers the tunnel that came of the handshake, in the places that are held.</summary>
    public void Open(Tunnel tunnel);
}

/// <summary>Bounds how much more than its part a node may have before users go to the second of their order.</summary>
internal interface ILoadBound
{
    public NodeLoad LoadOf(Node node);
}

/// <summary>What a node has, handshakes under way included, and what it may have.</summary>
internal readonly record struct NodeLoad(long Tunnels, long Cap)
{
    public bool IsReached => Tunnels >= Cap;
}
