using WsBalancer.Proxy.State;
using WsBalancer.Proxy.Tunnels;
using Yarp.ReverseProxy.Model;

namespace WsBalancer.Proxy.Fleet;

/// <summary>
/// A node at one moment: everything that changes in the life of a node, except the counts of its tunnels. Immutable;
/// <see cref="FleetCluster"/> publishes each change as another status.
/// </summary>
internal sealed record NodeStatus
{
    public required Node Node { get; init; }

    /// <summary>YARP's state of the node.</summary>
    public required DestinationState Destination { get; init; }

    /// <summary>The address in the last configuration; YARP changes the address of its destination in place.</summary>
    public required string Address { get; init; }

    /// <summary>The source of the node.</summary>
    public NodeSource Source { get; init; }

    /// <summary>The weight in effect; a node of weight 0 owns no users.</summary>
    public int Weight { get; init; }

    /// <summary>Whether the weight is an operator's override of the weight from the source.</summary>
    public bool IsWeightOverridden { get; init; }

    /// <summary>The text that the ring hashes for the node; null if that is the id.</summary>
    public string? RingKey { get; init; }

    /// <summary>The health by probes and connects alone.</summary>
    public NodeHealth ProbedHealth { get; init; }

    /// <summary>Whether the node registered itself and the registration has expired.</summary>
    public bool IsRegistrationExpired { get; init; }

    /// <summary>Whether the node did not answer handshakes, and has not answered one since.</summary>
    public bool IsSilent { get; init; }

    /// <summary>Whether the node announced a drain in the answer to a probe or a handshake.</summary>
    public bool AnnouncesDrain { get; init; }

    /// <summary>Whether the node's registration announces a drain.</summary>
    public bool RegistrationAnnouncesDrain { get; init; }

    /// <summary>The drain that an operator began; null without one.</summary>
    public DrainValue? OperatorDrain { get; init; }

    /// <summary>How the tunnels of a leaving node are closed; null leaves them open.</summary>
    public DrainValue? RemovalDrain { get; init; }

    /// <summary>Whether the node has reached its limit of tunnels.</summary>
    public bool IsFull { get; init; }

    /// <summary>Whether the node is no longer a member, and is kept until its last tunnel ends.</summary>
    public bool IsLeaving { get; init; }

    public NodeKey Key => Node.Key;

    public string Id => Node.Id;

    public TunnelLedger Ledger => Node.Ledger;

    /// <summary>
    /// The health by probes and connects; unhealthy while the node is silent, or its registration has expired.
    /// </summary>
    public NodeHealth Health => IsRegistrationExpired || IsSilent ? NodeHealth.Unhealthy : ProbedHealth;

    /// <summary>Whether the node itself announced a drain.</summary>
    public bool DrainsItself => AnnouncesDrain || RegistrationAnnouncesDrain;

    public bool IsDraining => DrainsItself || OperatorDrain is not null;

    public bool IsAvailable => !IsDraining && Health != NodeHealth.Unhealthy && !IsFull;

    /// <summary>Whether the node is unavailable only because it is silent.</summary>
    public bool IsOnlySilent =>
        IsSilent && !IsDraining && !IsRegistrationExpired && ProbedHealth != NodeHealth.Unhealthy && !IsFull;

    /// <summary>The state of the node while it has that number of open tunnels.</summary>
    public NodeState StateWith(long tunnels) => this switch
    {
        { IsLeaving: true } => NodeState.Leaving,
        { IsDraining: true } => tunnels == 0 ? NodeState.Drained : NodeState.Draining,
        _ => NodeState.Active,
    };

    /// <summary>
    /// The status of the node as a member. The health, and the drain that the node announced itself, are kept unless
    /// the node was leaving or has another address now.
    /// </summary>
    /// <param name="member">The member.</param>
    /// <param name="destination">YARP's state of the node.</param>
    /// <param name="ringKey">The text that the ring hashes for the node; null if that is the id.</param>
    /// <param name="drain">The drain that an operator began; null without one.</param>
    public NodeStatus AsMember(Member member, DestinationState destination, string? ringKey, DrainValue? drain)
    {
        var isKnown = !IsLeaving && Address == member.Config.Address;
        return this with
        {
            Destination = destination,
            Address = member.Config.Address,
            Source = member.Source,
            Weight = member.Weight,
            IsWeightOverridden = member.IsWeightOverridden,
            RingKey = ringKey,
            ProbedHealth = isKnown ? ProbedHealth : NodeHealth.Unknown,
            IsSilent = isKnown && IsSilent,
            AnnouncesDrain = isKnown && AnnouncesDrain,
            IsRegistrationExpired = !IsLeaving && IsRegistrationExpired && member.Source == NodeSource.Registered,
            RegistrationAnnouncesDrain = !IsLeaving && RegistrationAnnouncesDrain,
            OperatorDrain = drain,
            RemovalDrain = null,
            IsLeaving = false,
        };
    }

    /// <summary>The status of the node once it is no longer a member.</summary>
    /// <param name="drain">How its tunnels are closed; null leaves them open.</param>
    public NodeStatus AsLeaving(DrainValue? drain) =>
        this with { IsLeaving = true, OperatorDrain = null, RemovalDrain = drain };
}
