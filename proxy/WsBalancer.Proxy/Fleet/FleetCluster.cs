using WsBalancer.HashRing;
using WsBalancer.Proxy.Tunnels;
using Yarp.ReverseProxy.Model;

namespace WsBalancer.Proxy.Fleet;

/// <summary>
/// A cluster that the ring places. Readers take <see cref="Current"/> once and use it throughout; all changes go
/// through here, one at a time, and end in one swap of that reference.
/// </summary>
internal sealed class FleetCluster(string id, ClusterSettings settings, ClusterModel yarp, TunnelRegistry tunnels)
{
    private readonly Lock _changes = new();

    // Case in an id matters to the ring though not to YARP: another spelling is another node.
    private readonly Dictionary<string, Node> _leaving = new(StringComparer.Ordinal);
    private volatile FleetSnapshot _current = FleetSnapshot.Empty(settings, yarp);
    private volatile Node[] _leavingNodes = [];

    public string Id { get; } = id;

    public FleetSnapshot Current => _current;

    /// <summary>Nodes that are no longer configured but still have tunnels.</summary>
    public IReadOnlyList<Node> Leaving => _leavingNodes;

    /// <summary>
    /// Takes over what is configured, which <see cref="RingMembers.MistakesIn"/> has found right. Nodes keep their
    /// state over a change of address or weight.
    /// </summary>
    /// <returns>What the change moved; null if the ring is the same as before, or the first.</returns>
    public RingChangeRecord? Configure(
        ClusterSettings settings, ClusterModel yarp, IReadOnlyCollection<DestinationState> destinations)
    {
        lock (_changes)
        {
            var before = _current;
            var ringSettings = settings.Get<RingSettings>();
            var nodes = TakeOver(before.Nodes, destinations, ringSettings.Kind!);
            var ring = BuildRing(nodes, ringSettings.Options);
            var sameRing = ring?.Fingerprint == before.Ring?.Fingerprint;
            var inRingOrder = ring is null ? [] : ring.Nodes.Select(member => nodes[member.Id]).ToArray();
            _current = new FleetSnapshot(
                settings,
                yarp,
                sameRing ? before.Ring : ring,
                inRingOrder,
                default,
                default,
                sameRing ? before.Epoch : before.Epoch + 1).WithMasks();
            return sameRing ? null : RingChangeRecord.Of(before, _current);
        }
    }

    /// <summary>The cluster is no longer the ring's: all its nodes leave.</summary>
    public void Leave() => Configure(_current.Settings, _current.Yarp, []);

    /// <summary>Changes what is known of a node and, if that makes a difference to placement, the masks.</summary>
    public void Update(Node node, NodeHealth? health = null, bool? saysDraining = null)
    {
        lock (_changes)
        {
            node.Health = health ?? node.Health;
            node.SaysDraining = saysDraining ?? node.SaysDraining;
            _current = _current.WithMasks();
        }
    }

    /// <summary>Forgets the leaving nodes whose last tunnel has ended.</summary>
    public void Sweep()
    {
        lock (_changes)
        {
            foreach (var (nodeId, node) in _leaving.ToArray())
            {
                if (tunnels.Forget(node.Key))
                {
                    _leaving.Remove(nodeId);
                }
            }

            _leavingNodes = [.. _leaving.Values];
        }
    }

    /// <summary>The node of that id, configured or leaving. Ids ignore case here, as YARP's do.</summary>
    public Node? Find(string nodeId) =>
        _current.Nodes.Concat(_leavingNodes).FirstOrDefault(
            node => string.Equals(node.Id, nodeId, StringComparison.OrdinalIgnoreCase));

    private Dictionary<string, Node> TakeOver(
        Node[] before, IReadOnlyCollection<DestinationState> destinations, RingAlgorithm algorithm)
    {
        var known = before.Concat(_leaving.Values).ToDictionary(node => node.Id, StringComparer.Ordinal);
        var nodes = new Dictionary<string, Node>(StringComparer.Ordinal);
        foreach (var destination in destinations)
        {
            known.Remove(destination.DestinationId, out var node);
            var taken = Take(node, destination);
            taken.RingKey = NodeRingKey.Of(destination.Model.Config, algorithm);
            nodes.Add(taken.Id, taken);
        }

        _leaving.Clear();
        foreach (var node in known.Values)
        {
            node.IsLeaving = true;
            _leaving.Add(node.Id, node);
        }

        Sweep();
        return nodes;
    }

    private Node Take(Node? node, DestinationState destination)
    {
        var key = new NodeKey(Id, destination.DestinationId);
        var weight = NodeWeight.Of(destination.Model.Config);

        if (node is null)
        {
            return new Node(key, destination, tunnels.LedgerOf(key)) { Weight = weight };
        }

        if (node.IsLeaving || node.Address != destination.Model.Config.Address)
        {
            node.Health = NodeHealth.Unknown;
            node.SaysDraining = false;
        }

        node.Destination = destination;
        node.Address = destination.Model.Config.Address;
        node.Weight = weight;
        node.IsLeaving = false;
        return node;
    }

    private static Ring? BuildRing(Dictionary<string, Node> nodes, RingOptions options) =>
        nodes.Count == 0
            ? null
            : Ring.Build(
                nodes.Values.Select(node => new RingNode(node.Id, node.Weight, node.RingKey)), options);
}
