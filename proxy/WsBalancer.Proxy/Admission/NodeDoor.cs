using WsBalancer.Proxy.Fleet;

namespace WsBalancer.Proxy.Admission;

/// <summary>What the limits know of one node. Changed under the lock of its <see cref="ClusterGate"/>.</summary>
internal sealed class NodeDoor(Node node, HandshakeBucket bucket)
{
    private string _address = node.Address;
    private bool _wasUnhealthy = node.Health == NodeHealth.Unhealthy;

    public Node Node { get; } = node;

    public HandshakeBucket Bucket { get; } = bucket;

    /// <summary>Places that handshakes under way hold; their tunnels are not in the node's account yet.</summary>
    public int Held { get; set; }

    /// <summary>
    /// Tunnels, and places that are held. Exact under the lock, since tunnels are opened under it; ones that end
    /// meanwhile may still be counted.
    /// </summary>
    public long Taken => Node.Ledger.Active + Held;

    /// <summary>Looks at the node anew: one that is back, or at another address, is as good as new.</summary>
    public void Look()
    {
        var isBack = _wasUnhealthy && Node.Health == NodeHealth.Healthy;
        if (isBack || _address != Node.Address)
        {
            Bucket.BeginRise();
        }

        _wasUnhealthy = Node.Health == NodeHealth.Unhealthy || (_wasUnhealthy && !isBack);
        _address = Node.Address;
    }
}
