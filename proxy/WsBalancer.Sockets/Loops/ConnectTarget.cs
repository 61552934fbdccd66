using WsBalancer.Sockets.Names;

namespace WsBalancer.Sockets.Loops;

/// <summary>The addresses of a host, and the options of a connection to it.</summary>
/// <param name="Addresses">Tried in this order.</param>
/// <param name="Port">1…65535.</param>
/// <param name="KeepAlive">The silence after which the peer is probed; null for never.</param>
internal readonly record struct ConnectTarget(HostAddresses Addresses, int Port, TimeSpan? KeepAlive);
