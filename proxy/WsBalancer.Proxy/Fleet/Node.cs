using WsBalancer.Proxy.State;
using WsBalancer.Proxy.Tunnels;
using Yarp.ReverseProxy.Model;

namespace WsBalancer.Proxy.Fleet;

/// <summary>
/// A node of a cluster over time. The id is the identity: with a new address or weight it is the same node.
/// Thread-safe.
/// </summary>
/// <remarks>
/// Each property of the status is the current one. A reader of several properties that must fit each other reads
/// <see cref="Status"/> once, or reads the node in a <see cref="FleetSnapshot"/>.
/// </remarks>
internal sealed class Node
{
    private volatile NodeStatus _status;
    private long _answeredAt;

    public Node(NodeKey key, TunnelLedger ledger, DestinationState destination)
    {
        Key = key;
        Ledger = ledger;
        _status = new NodeStatus
        {
            Node = this,
            Destination = destination,
            Address = destination.Model.Config.Address,
        };
    }

    public NodeKey Key { get; }

    public string Id => Key.Id;

    public TunnelLedger Ledger { get; }

    /// <summary>The current status. Set by <see cref="FleetCluster"/> alone.</summary>
    public NodeStatus Status
    {
        get => _status;
        internal set => _status = value;
    }

    /// <summary>
    /// When the node last answered a handshake: a timestamp of the balancer's clock; 0 for never. Not in the status,
    /// since each handshake sets it, and placement does not read it.
    /// </summary>
    public long AnsweredAt
    {
        get => Volatile.Read(ref _answeredAt);
        internal set => Volatile.Write(ref _answeredAt, value);
    }

    public DestinationState Destination => _status.Destination;

    public string Address => _status.Address;

    public NodeSource Source => _status.Source;

    public int Weight => _status.Weight;

    public NodeHealth Health => _status.Health;

    public bool IsSilent => _status.IsSilent;

    public DrainValue? OperatorDrain => _status.OperatorDrain;

    public bool IsFull => _status.IsFull;

    public bool IsLeaving => _status.IsLeaving;

    /// <summary>The state at this balancer, with its current tunnels.</summary>
    public NodeState State => _status.StateWith(Ledger.Active);
}
