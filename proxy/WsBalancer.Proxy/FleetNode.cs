using WsBalancer.Proxy.Fleet;

namespace WsBalancer.Proxy;

/// <summary>A node of a cluster.</summary>
/// <param name="Id">The id of the destination.</param>
/// <param name="Address">The address as it is configured.</param>
/// <param name="Weight">The weight, from 0 to 65,535; with 0 the node has no users.</param>
/// <param name="Source">How the node was added to the cluster.</param>
/// <param name="State">Whether the node takes users.</param>
/// <param name="Health">The result of probes and handshakes.</param>
/// <param name="Tunnels">The open tunnels, 0 or more.</param>
/// <param name="Misplaced">The open tunnels whose user has another home, 0 or more.</param>
/// <param name="Share">The part of the users that the ring assigns to the node, whatever its state, from 0 to
/// 1.</param>
public sealed record FleetNode(
    string Id,
    string Address,
    int Weight,
    NodeSource Source,
    NodeState State,
    NodeHealth Health,
    long Tunnels,
    long Misplaced,
    double Share);
