using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Placement;

/// <summary>
/// The limits of handshakes, as the placement uses them. A cluster without limits costs nothing: it has no places and
/// no bound.
/// </summary>
internal interface IAdmission
{
    /// <summary>Admits a handshake, before a node is chosen for it.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="user">The user id; null without one.</param>
    /// <param name="place">The places that the handshake holds until they are disposed of; null if nothing limits the
    /// cluster.</param>
    /// <returns>The reason of the refusal; null if the handshake is admitted.</returns>
    public Rejection? Enter(FleetCluster cluster, string? user, out IHandshakePlace? place);

    /// <summary>
    /// The reason for which a handshake of the user would be refused now; null if it would be admitted.
    /// </summary>
    public Rejection? Preview(FleetCluster cluster, string user);

    /// <summary>The bound of the load of nodes; null if there is none.</summary>
    public ILoadBound? BoundOf(FleetCluster cluster);
}

/// <summary>
/// The places that one handshake holds: in its cluster, of its user, and at one node at a time. The tunnel that the
/// handshake opens takes them over; disposing returns the others. Not thread-safe.
/// </summary>
internal interface IHandshakePlace : IDisposable
{
    /// <summary>Takes a place at a node, and returns the place at the previous one.</summary>
    /// <returns>Whether there was a free place; if not, no place at a node is held.</returns>
    public bool TryTake(Node node);

    /// <summary>
    /// Waits until the rate of the node allows one more handshake, unless the wait would be too long.
    /// </summary>
    /// <param name="maxWait">The time that is left for the handshake.</param>
    /// <param name="clientDisconnected">Cancelled when the client disconnects. Ends the wait, and returns the turn to
    /// the node.</param>
    /// <returns>The time after which the client should retry, if the wait would be too long; null if the handshake may
    /// be sent, or its client has disconnected.</returns>
    public Task<TimeSpan?> TurnAsync(TimeSpan maxWait, CancellationToken clientDisconnected);

    /// <summary>Registers the tunnel that the handshake has opened, which takes over the places.</summary>
    public void Open(Tunnel tunnel);
}

/// <summary>
/// Bounds the load of a node in relation to its part. Above the bound, users get the second node of their order.
/// </summary>
internal interface ILoadBound
{
    public NodeLoad LoadOf(Node node);
}

/// <summary>The tunnels of a node, pending handshakes included, and how many of them the node may have.</summary>
internal readonly record struct NodeLoad(long Tunnels, long Cap)
{
    public bool IsReached => Tunnels >= Cap;
}
