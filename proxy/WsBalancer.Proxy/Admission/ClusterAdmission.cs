using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Admission;

/// <summary>
/// Counts the pending handshakes of a cluster in addition to its tunnels, so that simultaneous handshakes cannot exceed
/// a limit. A handshake is counted here until its tunnel is registered, in one step under the lock. Thread-safe.
/// </summary>
internal sealed class ClusterAdmission
{
    // Nodes that are found within this time after the start are not new, so they have no slow start. Reading the shared
    // state of the fleet takes up to 2 s.
    private static readonly TimeSpan StartupGrace = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<Node, NodeLimits> _nodes = [];
    private readonly Dictionary<string, int> _heldByUser = new(StringComparer.Ordinal);
    private readonly LoadCaps _caps = new();
    private readonly FleetRegistry _fleet;
    private readonly TunnelRegistry _tunnels;
    private readonly Func<Node, long> _takenBy;
    private readonly long _begunAt;
    private int _held;

    public ClusterAdmission(FleetCluster cluster, FleetRegistry fleet, TunnelRegistry tunnels, TimeProvider time)
    {
        Cluster = cluster;
        Time = time;
        _fleet = fleet;
        _tunnels = tunnels;
        _takenBy = node => LimitsOf(node).Taken;
        _begunAt = time.GetTimestamp();
    }

    public FleetCluster Cluster { get; }

    public TimeProvider Time { get; }

    /// <summary>Pending handshakes: all, those of known users, and those that hold a place at a node.</summary>
    public (int All, int OfUsers, int AtNodes) Held
    {
        get
        {
            lock (_gate)
            {
                return (_held, _heldByUser.Values.Sum(), _nodes.Values.Sum(nodeLimits => nodeLimits.Held));
            }
        }
    }

    private LimitOptions Limits => Cluster.Current.Settings.Get<LimitOptions>();

    /// <summary>Why one more handshake is refused; null if it is not.</summary>
    public Rejection? Refusal(string? user)
    {
        lock (_gate)
        {
            return Refusal(Limits, user);
        }
    }

    /// <summary>Reserves a place in the cluster and one of the user, if both limits allow it.</summary>
    /// <returns>Why the handshake is refused; null if it has its places.</returns>
    public Rejection? TryEnter(string? user)
    {
        lock (_gate)
        {
            if (Refusal(Limits, user) is { } refusal)
            {
                return refusal;
            }

            _held++;
            if (user is not null)
            {
                _heldByUser[user] = _heldByUser.GetValueOrDefault(user) + 1;
            }

            return null;
        }
    }

    /// <summary>Releases the place at one node, and reserves one at another.</summary>
    /// <returns>The limits of the other node; null if that node is full.</returns>
    public NodeLimits? Move(NodeLimits? from, Node to)
    {
        NodeLimits? taken;
        lock (_gate)
        {
            Release(from);
            taken = LimitsOf(to);
            taken = taken.Taken >= Limits.MaxTunnelsPerNode ? null : taken;
            if (taken is not null)
            {
                taken.Held++;
            }
        }

        PublishFullness(from?.Node);
        PublishFullness(to);
        return taken;
    }

    /// <summary>Releases every place of a handshake.</summary>
    public void EndReservation(string? user, NodeLimits? at)
    {
        lock (_gate)
        {
            Release(user, at);
        }

        PublishFullness(at?.Node);
    }

    /// <summary>Registers a tunnel and releases the places of its handshake, in one step.</summary>
    public void Open(Tunnel tunnel, string? user, NodeLimits? at)
    {
        lock (_gate)
        {
            _tunnels.Add(tunnel);
            Release(user, at);
        }

        // The count of the node is the same as before, unless the tunnel has ended already.
        PublishFullness(at?.Node);
    }

    /// <summary>
    /// The load of a node in relation to its bound. Above the bound, users get the second node of their order.
    /// </summary>
    public NodeLoad LoadOf(Node node)
    {
        lock (_gate)
        {
            _caps.Refresh(Cluster.Current, _takenBy);
            return _caps.LoadOf(node, Limits.BoundedLoad ?? double.PositiveInfinity, _takenBy);
        }
    }

    /// <summary>Applies a change of the cluster's nodes or of its limits.</summary>
    public void Refresh()
    {
        foreach (var node in Cluster.Current.Nodes)
        {
            Refresh(node.Node);
        }

        lock (_gate)
        {
            var current = Cluster.Current;
            foreach (var (node, nodeLimits) in _nodes.ToArray())
            {
                if (nodeLimits.Held == 0 && current.IndexOf(node) < 0)
                {
                    _nodes.Remove(node);
                }
            }
        }
    }

    /// <summary>Applies a change of one node, which may have recovered and share the users again.</summary>
    public void Refresh(Node node)
    {
        lock (_gate)
        {
            LimitsOf(node).Refresh();
            if (Limits.BoundedLoad is null)
            {
                _caps.ClearGrants();
            }
            else
            {
                _caps.Refresh(Cluster.Current, _takenBy);
            }
        }

        PublishFullness(node);
    }

    /// <summary>A tunnel has ended: its node may have room again.</summary>
    public void OnTunnelEnded(Tunnel tunnel)
    {
        foreach (var node in Cluster.Current.Nodes)
        {
            if (node.Ledger == tunnel.Ledger)
            {
                PublishFullness(node.Node);
            }
        }
    }

    private Rejection? Refusal(LimitOptions limits, string? user)
    {
        if (limits.MaxTunnels is { } max && TakenInAll() >= max)
        {
            return Rejection.MaxTunnels;
        }

        // Tunnels that are closing do not count: most are closed so that the same user connects again.
        return user is not null && limits.MaxTunnelsPerUser is { } maxOfUser
            && _tunnels.Of(Cluster.Id, user).Count(tunnel => !tunnel.IsClosing) + _heldByUser.GetValueOrDefault(user)
                >= maxOfUser
            ? Rejection.MaxTunnelsPerUser
            : null;
    }

    private long TakenInAll()
    {
        var taken = (long)_held;
        var current = Cluster.Current;
        foreach (var node in current.Nodes)
        {
            taken += node.Ledger.Active;
        }

        foreach (var node in current.Leaving)
        {
            taken += node.Ledger.Active;
        }

        return taken;
    }

    private NodeLimits LimitsOf(Node node)
    {
        if (!_nodes.TryGetValue(node, out var nodeLimits))
        {
            nodeLimits = new NodeLimits(node, new HandshakeBucket(Time));
            _nodes.Add(node, nodeLimits);
            if (Time.GetElapsedTime(_begunAt) >= StartupGrace)
            {
                nodeLimits.Bucket.BeginSlowStart();
            }
        }

        return nodeLimits;
    }

    private void Release(string? user, NodeLimits? at)
    {
        _held--;
        Release(at);
        if (user is null)
        {
            return;
        }

        var left = _heldByUser[user] - 1;
        if (left == 0)
        {
            _heldByUser.Remove(user);
        }
        else
        {
            _heldByUser[user] = left;
        }
    }

    private static void Release(NodeLimits? nodeLimits)
    {
        if (nodeLimits is not null)
        {
            nodeLimits.Held--;
        }
    }

    // Called without the lock, because SetFull raises events. Every change of a count is followed by this call, which
    // repeats until the flag agrees with the count: so the last of several concurrent calls sets the right value.
    private void PublishFullness(Node? node)
    {
        while (node is not null && node.IsFull != IsFull(node))
        {
            _fleet.SetFull(Cluster, node, IsFull(node));
        }
    }

    private bool IsFull(Node node)
    {
        lock (_gate)
        {
            return Limits.MaxTunnelsPerNode is { } max && LimitsOf(node).Taken >= max;
        }
    }
}
