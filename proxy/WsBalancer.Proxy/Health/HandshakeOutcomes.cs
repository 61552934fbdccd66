using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Health;

/// <summary>How handshakes with nodes turn out, for whoever goes by it. Thread-safe.</summary>
internal sealed class HandshakeOutcomes
{
    /// <summary>Raised for every attempt: the node, and whether it took the handshake. Listeners are quick.</summary>
    public event Action<NodeKey, bool>? Happened;

    /// <summary>The node took a handshake.</summary>
    public void Succeeded(NodeKey node) => Happened?.Invoke(node, true);

    /// <summary>The node could not be reached, did not answer in time, or answered that it cannot.</summary>
    public void Failed(NodeKey node) => Happened?.Invoke(node, false);
}
