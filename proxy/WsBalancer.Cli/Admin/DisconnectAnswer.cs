namespace WsBalancer.Cli.Admin;

/// <summary>
/// The number of tunnels that this balancer closes, and whether the request was sent to the other balancers; null if
/// the balancer does not share.
/// </summary>
internal sealed record DisconnectAnswer(long Closed, bool? Shared);
