namespace WsBalancer.Proxy.Tunnels;

/// <summary>The history of a tunnel, without timestamps of one process's clock, so that another process can use it.
/// </summary>
/// <param name="OpenedAt">When the tunnel was opened.</param>
/// <param name="Age">The time since the tunnel was opened.</param>
/// <param name="ClientSilence">How long the client has sent nothing.</param>
/// <param name="NodeSilence">How long the node has sent nothing.</param>
/// <param name="Traffic">The forwarded bytes and frames.</param>
/// <param name="EndReason">Why the tunnel ends; null if no reason is set.</param>
internal sealed record TunnelHistory(
    DateTimeOffset OpenedAt,
    TimeSpan Age,
    TimeSpan ClientSilence,
    TimeSpan NodeSilence,
    TunnelTraffic Traffic,
    TunnelEnd? EndReason);
