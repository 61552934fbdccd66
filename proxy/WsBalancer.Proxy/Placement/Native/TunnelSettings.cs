using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Placement.Native;

/// <summary>The settings of tunnels that do not depend on the request.</summary>
/// <param name="MaxBuffered">The number of bytes that a tunnel may buffer, native or portable.</param>
/// <param name="Over">Called on the loop's thread when a native tunnel has ended.</param>
internal sealed record TunnelSettings(int MaxBuffered, Action<Tunnel> Over);
