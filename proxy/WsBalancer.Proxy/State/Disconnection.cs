namespace WsBalancer.Proxy.State;

/// <summary>An operator's request that tunnels are closed at every balancer at once.</summary>
/// <param name="Cluster">The cluster of the tunnels; null with a tunnel id.</param>
/// <param name="User">The user of the tunnels; null with a tunnel id, and for the tunnels of all users.</param>
/// <param name="Tunnel">The id of the tunnel; null with a cluster.</param>
/// <param name="CloseCode">The code of the Close frames.</param>
/// <param name="Node">The node of the tunnels; null for all nodes.</param>
/// <param name="OlderThanSeconds">The minimum age of the tunnels; null for any age.</param>
internal sealed record Disconnection(
    string? Cluster,
    string? User,
    string? Tunnel,
    int CloseCode,
    string? Node = null,
    double? OlderThanSeconds = null);
