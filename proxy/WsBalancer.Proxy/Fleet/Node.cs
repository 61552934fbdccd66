using WsBalancer.Proxy.Tunnels;
using Yarp.ReverseProxy.Model;

namespace WsBalancer.Proxy.Fleet;

/// <summary>
/// A node of a cluster over time. Its identity is its id: a new address or weight is the same node. What changes is
/// written by <see cref="FleetCluster"/> alone; reading is safe from any thread.
/// </summary>
internal sealed class Node(NodeKey key, DestinationState destination, TunnelLedger ledger)
{
    private volatile int _health;
    private volatile bool _saysDraining;

    public NodeKey Key { get; } = key;

    public string Id => Key.Node;

    /// <summary>YARP's side of the node.</summary>
    public DestinationState Destination { get; internal set; } = destination;

    public TunnelLedger Ledger { get; } = ledger;

    /// <summary>The address as of the last configuration; YARP changes that of its destination in place.</summary>
    public string Address { get; internal set; } = destination.Model.Config.Address;

    /// <summary>From the metadata of the destination; 0 owns nothing.</summary>
    public int Weight { get; internal set; }

    /// <summary>What the ring hashes for the node; null if that is its id.</summary>
    public string? RingKey { get; internal set; }

    public NodeHealth Health
    {
        get => (NodeHealth)_health;
        internal set => _health = (int)value;
    }

    /// <summary>Whether the node itself said that it drains.</summary>
    public bool SaysDraining
    {
        get => _saysDraining;
        internal set => _saysDraining = value;
    }

    /// <summary>No longer configured; kept until its last tunnel ends.</summary>
    public bool IsLeaving { get; internal set; }

    public bool IsDraining => SaysDraining;

    public bool IsAvailable => !IsDraining && Health != NodeHealth.Unhealthy;

    public NodeState State => this switch
    {
        { IsLeaving: true } => NodeState.Leaving,
        { IsDraining: true } => Ledger.Active == 0 ? NodeState.Drained : NodeState.Draining,
        _ => NodeState.Active,
    };
}
