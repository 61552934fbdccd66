using WsBalancer.Proxy.Fleet;

namespace WsBalancer.Proxy.Admission;

/// <summary>
/// The state of the limits for one node. Changed under the lock of its <see cref="ClusterAdmission"/>.
/// </summary>
internal sealed class NodeLimits(Node node, HandshakeBucket bucket)
{
    private string _address = node.Address;
    private bool _wasUnhealthy = node.Health == NodeHealth.Unhealthy;

    public Node Node { get; } = node;

    public HandshakeBucket Bucket { get; } = bucket;

    /// <summary>Places of pending handshakes, whose tunnels are not in the node's account yet.</summary>
    public int Held { get; set; }

    /// <summary>
    /// Tunnels and held places. Tunnels are registered under the lock, so none is missing; a tunnel that ends at the
    /// same time may still be counted.
    /// </summary>
    public long Taken => Node.Ledger.Active + Held;

    /// <summary>Begins the slow start if the node is healthy again or has another address.</summary>
    public void Refresh()
    {
        var status = Node.Status;
        var isBack = _wasUnhealthy && status.Health == NodeHealth.Healthy;
        if (isBack || _address != status.Address)
        {
            Bucket.BeginSlowStart();
        }

        _wasUnhealthy = status.Health == NodeHealth.Unhealthy || (_wasUnhealthy && !isBack);
        _address = status.Address;
    }
}
