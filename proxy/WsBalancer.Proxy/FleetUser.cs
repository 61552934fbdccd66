namespace WsBalancer.Proxy;

/// <summary>The place of a user in a cluster. Nodes are named by their ids.</summary>
/// <param name="Id">The user id.</param>
/// <param name="Owner">The first node of the order, whatever its state; null if no node has weight.</param>
/// <param name="Home">The first node of the order that is not draining, whatever its health; null if there is
/// none.</param>
/// <param name="Next">The node that a new tunnel would get now; null if the tunnel would be refused.</param>
/// <param name="Order">All nodes with weight, in the order in which the user prefers them.</param>
/// <param name="Reason">Why <paramref name="Next"/> is what it is, in words for people. The words may change.</param>
public sealed record FleetUser(
    string Id, string? Owner, string? Home, string? Next, IReadOnlyList<string> Order, string Reason);
