namespace WsBalancer.Proxy.Tunnels;

/// <summary>What a tunnel has behind it, in terms that another process understands.</summary>
/// <param name="OpenedAt">When it was opened.</param>
/// <param name="Age">How long ago that is.</param>
/// <param name="ClientSilence">How long nothing has come from the client.</param>
/// <param name="NodeSilence">How long nothing has come from the node.</param>
/// <param name="Traffic">What has passed.</param>
/// <param name="EndReason">Why it ends, as far as it is known.</param>
internal sealed record TunnelPast(
    DateTimeOffset OpenedAt,
    TimeSpan Age,
    TimeSpan ClientSilence,
    TimeSpan NodeSilence,
    TunnelTraffic Traffic,
    TunnelEnd? EndReason);
