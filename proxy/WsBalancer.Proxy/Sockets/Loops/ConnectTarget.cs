using WsBalancer.Proxy.Sockets.Names;

namespace WsBalancer.Proxy.Sockets.Loops;

/// <summary>Where to connect to, and how.</summary>
/// <param name="Addresses">Tried in their order.</param>
/// <param name="Port">1…65535.</param>
/// <param name="KeepAlive">After how much silence the peer is probed; null for never.</param>
internal readonly record struct ConnectTarget(NodeAddresses Addresses, int Port, TimeSpan? KeepAlive);
