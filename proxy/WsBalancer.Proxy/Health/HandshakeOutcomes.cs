using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Health;

/// <summary>Publishes which nodes accept handshakes and which fail them. Thread-safe.</summary>
internal sealed class HandshakeOutcomes
{
    /// <summary>Raised for every outcome: the node, and whether it accepted the handshake. Handlers must not block.
    /// </summary>
    public event Action<NodeKey, bool>? Happened;

    /// <summary>The node accepted a handshake.</summary>
    public void Succeeded(NodeKey node) => Happened?.Invoke(node, true);

    /// <summary>The node could not be reached, did not answer in time, or could not accept the handshake.</summary>
    public void Failed(NodeKey node) => Happened?.Invoke(node, false);
}
