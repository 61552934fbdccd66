using WsBalancer.Proxy.Fleet;

namespace WsBalancer.Proxy;

/// <summary>
/// The clusters that the ring places, their nodes, users and tunnels. A singleton that <c>AddWsBalancer</c> registers.
/// </summary>
/// <remarks>
/// <para>Thread-safe. Results are copies of one moment and do not change. Ids of clusters ignore case; ids of nodes and
/// users do not.</para>
/// <para>Before the pipeline is mapped there is no cluster.</para>
/// <para>Every method with a cluster throws <see cref="RefusedException"/> of the kind
/// <see cref="RefusalKind.Unknown"/> if the ring does not place the cluster, and an <see cref="ArgumentException"/> for
/// a user that is empty or longer than 1,024 bytes of UTF-8.</para>
/// </remarks>
public interface IFleet
{
    /// <summary>The ids of the clusters, sorted.</summary>
    public IReadOnlyList<string> Clusters { get; }

    /// <summary>The nodes of a cluster, including removed nodes that still have tunnels.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <returns>The nodes, with the tunnels of all balancers that share a Redis.</returns>
    public IReadOnlyList<FleetNode> GetNodes(string cluster);

    /// <summary>The place of a user, who need not be connected.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="user">The user id.</param>
    public FleetUser GetUser(string cluster, string user);

    /// <summary>The open tunnels of a user at this balancer, the oldest first; empty if there are none.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="user">The user id.</param>
    public IReadOnlyList<FleetTunnel> GetTunnels(string cluster, string user);

    /// <summary>The drain of a node, which an operator has begun or the node has announced.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="node">The node.</param>
    /// <exception cref="RefusedException">There is no such node.</exception>
    public FleetDrain GetDrain(string cluster, string node);

    /// <summary>
    /// Begins to drain a node, or changes how it is drained: the node gets no new tunnels, and the open ones are closed
    /// at a pace. The drain is kept in the state file, shared with the other balancers, and continues until
    /// <see cref="ResumeAsync"/>, also after restarts.
    /// </summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="node">The node.</param>
    /// <param name="terms">How the node is drained; null for the settings of the cluster.</param>
    /// <param name="cancellation">Cancels the wait for another change of the cluster. Nothing is done then.</param>
    /// <returns>The drain at its beginning; the method does not wait for the tunnels.</returns>
    /// <exception cref="RefusedException">There is no such node, a term is out of its range, the node is the last that
    /// takes users, or the drain cannot be kept. Nothing is done.</exception>
    public Task<FleetDrain> DrainAsync(
        string cluster, string node, FleetDrainTerms? terms = null, CancellationToken cancellation = default);

    /// <summary>
    /// Ends the drain that <see cref="DrainAsync"/> or an operator has begun: the node takes users again.
    /// </summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="node">The node.</param>
    /// <param name="cancellation">Cancels the wait for another change of the cluster. Nothing is done then.</param>
    /// <exception cref="RefusedException">There is no such node, the node does not drain or only by its own
    /// announcement, or the change cannot be kept. Nothing is done.</exception>
    public Task ResumeAsync(string cluster, string node, CancellationToken cancellation = default);

    /// <summary>The events of this balancer, as they happen.</summary>
    /// <param name="after">The id of the last event that the caller has. The stored events after it (the last 1,000,
    /// and more in the file of <c>Admin:Events</c>) are returned first. 0 for all stored events; null for new events
    /// only, from the beginning of the enumeration.</param>
    /// <param name="cancellation">Ends the enumeration with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>A stream without an end; each enumeration has its own.</returns>
    /// <exception cref="InvalidOperationException">1,000 events are unread. Enumerate again, after the last event that
    /// was read.</exception>
    public IAsyncEnumerable<FleetEvent> ReadEventsAsync(long? after = null, CancellationToken cancellation = default);
}
