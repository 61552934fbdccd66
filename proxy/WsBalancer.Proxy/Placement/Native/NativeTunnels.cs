using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Placement.Native;

/// <summary>What native tunnels have in common.</summary>
/// <param name="MaxBuffered">How many bytes each may keep.</param>
/// <param name="Over">Called on its loop's thread when one is over.</param>
internal sealed record NativeTunnels(int MaxBuffered, Action<Tunnel> Over);
