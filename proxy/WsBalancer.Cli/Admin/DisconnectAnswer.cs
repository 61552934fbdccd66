namespace WsBalancer.Cli.Admin;

/// <summary>How many tunnels this balancer closes, and whether the others were told.</summary>
internal sealed record DisconnectAnswer(long Closed, bool? Shared);
