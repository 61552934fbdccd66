using WsBalancer.Proxy.State;
using WsBalancer.Proxy.Tunnels;
using Yarp.ReverseProxy.Model;

namespace WsBalancer.Proxy.Fleet;

/// <summary>
/// A node of a cluster over time. Its identity is its id: a new address or weight is the same node. What changes is
/// written by <see cref="FleetCluster"/> alone, but for <see cref="AnsweredAt"/>; reading is safe from any thread.
/// </summary>
internal sealed class Node(NodeKey key, DestinationState destination, TunnelLedger ledger)
{
    private volatile int _health;
    private volatile bool _saysDraining;
    private volatile bool _registrySaysDraining;
    private volatile bool _isLeaseLost;
    private volatile bool _isFull;
    private volatile bool _isSilent;
    private long _answeredAt;
    private volatile DrainValue? _operatorDrain;
    private volatile DrainValue? _removalDrain;

    public NodeKey Key { get; } = key;

    public string Id => Key.Node;

    /// <summary>YARP's side of the node.</summary>
    public DestinationState Destination { get; internal set; } = destination;

    public TunnelLedger Ledger { get; } = ledger;

    /// <summary>The address as of the last configuration; YARP changes that of its destination in place.</summary>
    public string Address { get; internal set; } = destination.Model.Config.Address;

    /// <summary>Who brought it.</summary>
    public NodeSource Source { get; internal set; }

    /// <summary>The weight in force; 0 owns nothing.</summary>
    public int Weight { get; internal set; }

    /// <summary>Whether the weight is an operator's, laid over the one of the node's source.</summary>
    public bool IsWeightOverridden { get; internal set; }

    /// <summary>What the ring hashes for the node; null if that is its id.</summary>
    public string? RingKey { get; internal set; }

    /// <summary>The result of probes and connects; unhealthy while it is silent, or its registration has expired.
    /// </summary>
    public NodeHealth Health => _isLeaseLost || _isSilent ? NodeHealth.Unhealthy : ProbedHealth;

    /// <summary>What probes and connects say alone.</summary>
    public NodeHealth ProbedHealth
    {
        get => (NodeHealth)_health;
        internal set => _health = (int)value;
    }

    /// <summary>Whether it registered itself and has not been heard of since.</summary>
    public bool IsLeaseLost
    {
        get => _isLeaseLost;
        internal set => _isLeaseLost = value;
    }

    /// <summary>Whether it left handshakes without an answer, and has not answered one since.</summary>
    public bool IsSilent
    {
        get => _isSilent;
        internal set => _isSilent = value;
    }

    /// <summary>When it last answered a handshake: a timestamp of the balancer's clock; 0 if never.</summary>
    public long AnsweredAt
    {
        get => Volatile.Read(ref _answeredAt);
        internal set => Volatile.Write(ref _answeredAt, value);
    }

    /// <summary>Whether the node itself said, to a probe or a handshake, that it drains.</summary>
    public bool SaysDraining
    {
        get => _saysDraining;
        internal set => _saysDraining = value;
    }

    /// <summary>Whether the node's registration says that it drains.</summary>
    public bool RegistrySaysDraining
    {
        get => _registrySaysDraining;
        internal set => _registrySaysDraining = value;
    }

    /// <summary>The drain that an operator began; null without one.</summary>
    public DrainValue? OperatorDrain
    {
        get => _operatorDrain;
        internal set => _operatorDrain = value;
    }

    /// <summary>How the tunnels of the node, which leaves, are to be closed; null leaves them open.</summary>
    public DrainValue? RemovalDrain
    {
        get => _removalDrain;
        internal set => _removalDrain = value;
    }

    /// <summary>Whether it has as many tunnels as it may.</summary>
    public bool IsFull
    {
        get => _isFull;
        internal set => _isFull = value;
    }

    /// <summary>No longer a member; kept until its last tunnel ends.</summary>
    public bool IsLeaving { get; internal set; }

    /// <summary>Whether the node drains of its own accord.</summary>
    public bool DrainsItself => SaysDraining || RegistrySaysDraining;

    public bool IsDraining => DrainsItself || OperatorDrain is not null;

    public bool IsAvailable => !IsDraining && Health != NodeHealth.Unhealthy && !IsFull;

    /// <summary>Whether nothing but its silence keeps it from being available.</summary>
    public bool IsOnlySilent =>
        IsSilent && !IsDraining && !IsLeaseLost && ProbedHealth != NodeHealth.Unhealthy && !IsFull;

    public NodeState State => this switch
    {
        { IsLeaving: true } => NodeState.Leaving,
        { IsDraining: true } => Ledger.Active == 0 ? NodeState.Drained : NodeState.Draining,
        _ => NodeState.Active,
    };
}
