using WsBalancer.Proxy.State;
using WsBalancer.Proxy.Tunnels;
using Yarp.ReverseProxy.Model;

namespace WsBalancer.Proxy.Fleet;

/// <summary>
/// A node of a cluster over time. The id is the identity: with a new address or weight it is the same node. Only
/// <see cref="FleetCluster"/> sets the properties, except <see cref="AnsweredAt"/>; any thread may read them.
/// </summary>
internal sealed class Node(NodeKey key, DestinationState destination, TunnelLedger ledger)
{
    private volatile int _health;
    private volatile bool _announcesDrain;
    private volatile bool _registrationAnnouncesDrain;
    private volatile bool _isRegistrationExpired;
    private volatile bool _isFull;
    private volatile bool _isSilent;
    private long _answeredAt;
    private volatile DrainValue? _operatorDrain;
    private volatile DrainValue? _removalDrain;

    public NodeKey Key { get; } = key;

    public string Id => Key.Id;

    /// <summary>YARP's state of the node.</summary>
    public DestinationState Destination { get; internal set; } = destination;

    public TunnelLedger Ledger { get; } = ledger;

    /// <summary>The address in the last configuration; YARP changes the address of its destination in place.</summary>
    public string Address { get; internal set; } = destination.Model.Config.Address;

    /// <summary>The source of the node.</summary>
    public NodeSource Source { get; internal set; }

    /// <summary>The weight in effect; a node of weight 0 owns no users.</summary>
    public int Weight { get; internal set; }

    /// <summary>Whether the weight is an operator's override of the weight from the source.</summary>
    public bool IsWeightOverridden { get; internal set; }

    /// <summary>The text that the ring hashes for the node; null if that is the id.</summary>
    public string? RingKey { get; internal set; }

    /// <summary>
    /// The health by probes and connects; unhealthy while the node is silent, or its registration has expired.
    /// </summary>
    public NodeHealth Health => _isRegistrationExpired || _isSilent ? NodeHealth.Unhealthy : ProbedHealth;

    /// <summary>The health by probes and connects alone.</summary>
    public NodeHealth ProbedHealth
    {
        get => (NodeHealth)_health;
        internal set => _health = (int)value;
    }

    /// <summary>Whether the node registered itself and the registration has expired.</summary>
    public bool IsRegistrationExpired
    {
        get => _isRegistrationExpired;
        internal set => _isRegistrationExpired = value;
    }

    /// <summary>Whether the node did not answer handshakes, and has not answered one since.</summary>
    public bool IsSilent
    {
        get => _isSilent;
        internal set => _isSilent = value;
    }

    /// <summary>When the node last answered a handshake: a timestamp of the balancer's clock; 0 for never.</summary>
    public long AnsweredAt
    {
        get => Volatile.Read(ref _answeredAt);
        internal set => Volatile.Write(ref _answeredAt, value);
    }

    /// <summary>Whether the node announced a drain in the answer to a probe or a handshake.</summary>
    public bool AnnouncesDrain
    {
        get => _announcesDrain;
        internal set => _announcesDrain = value;
    }

    /// <summary>Whether the node's registration announces a drain.</summary>
    public bool RegistrationAnnouncesDrain
    {
        get => _registrationAnnouncesDrain;
        internal set => _registrationAnnouncesDrain = value;
    }

    /// <summary>The drain that an operator began; null without one.</summary>
    public DrainValue? OperatorDrain
    {
        get => _operatorDrain;
        internal set => _operatorDrain = value;
    }

    /// <summary>How the tunnels of a leaving node are closed; null leaves them open.</summary>
    public DrainValue? RemovalDrain
    {
        get => _removalDrain;
        internal set => _removalDrain = value;
    }

    /// <summary>Whether the node has reached its limit of tunnels.</summary>
    public bool IsFull
    {
        get => _isFull;
        internal set => _isFull = value;
    }

    /// <summary>Whether the node is no longer a member, and is kept until its last tunnel ends.</summary>
    public bool IsLeaving { get; internal set; }

    /// <summary>Whether the node itself announced a drain.</summary>
    public bool DrainsItself => AnnouncesDrain || RegistrationAnnouncesDrain;

    public bool IsDraining => DrainsItself || OperatorDrain is not null;

    public bool IsAvailable => !IsDraining && Health != NodeHealth.Unhealthy && !IsFull;

    /// <summary>Whether the node is unavailable only because it is silent.</summary>
    public bool IsOnlySilent =>
        IsSilent && !IsDraining && !IsRegistrationExpired && ProbedHealth != NodeHealth.Unhealthy && !IsFull;

    public NodeState State => this switch
    {
        { IsLeaving: true } => NodeState.Leaving,
        { IsDraining: true } => Ledger.Active == 0 ? NodeState.Drained : NodeState.Draining,
        _ => NodeState.Active,
    };
}
