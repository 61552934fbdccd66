namespace WsBalancer.Proxy.Tunnels;

/// <summary>The values that a tunnel is opened with, on either data path.</summary>
/// <param name="Identity">The user and the node of the tunnel.</param>
/// <param name="Options">The settings of the tunnel's cluster.</param>
/// <param name="Ledger">The account of the tunnel's node.</param>
/// <param name="Time">The clock of the tunnel; on an event loop, that of the loop.</param>
internal readonly record struct TunnelTerms(
    TunnelIdentity Identity, TunnelOptions Options, TunnelLedger Ledger, TimeProvider Time);
