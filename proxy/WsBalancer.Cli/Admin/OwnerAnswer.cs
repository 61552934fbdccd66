namespace WsBalancer.Cli.Admin;

/// <summary>The answer of <c>GET /api/v1/clusters/{c}/owner</c>.</summary>
/// <remarks>
/// <c>Node</c> is the node on which a new tunnel would be placed now; <c>Reason</c> explains why, in a sentence of the
/// balancer. <c>Home</c> is null when every node is draining. <c>RingKey</c> is what the ring hashes for the owner;
/// null if that is its id.
/// </remarks>
internal sealed record OwnerAnswer(
    string User,
    string? Owner,
    string? Home,
    string? Node,
    IReadOnlyList<string> Order,
    string Reason,
    IReadOnlyList<TunnelAnswer> Tunnels,
    RingAnswer? Ring,
    string? RingKey);

/// <summary>One live tunnel of a user.</summary>
internal sealed record TunnelAnswer(string Id, string Node, DateTimeOffset OpenedAt, bool Misplaced);
