using System.Net;

namespace WsBalancer.Proxy.Sockets.Loops;

/// <summary>Where to connect to, and how.</summary>
/// <param name="Addresses">Tried in this order.</param>
/// <param name="Port">1…65535.</param>
/// <param name="KeepAlive">After how much silence the peer is probed; null for never.</param>
internal readonly record struct ConnectTarget(IPAddress[] Addresses, int Port, TimeSpan? KeepAlive);
