using System.Collections.Immutable;
using WsBalancer.Proxy.Tunnels;
using Yarp.ReverseProxy.Model;

namespace WsBalancer.Proxy.Fleet;

/// <summary>
/// A cluster that the ring places. A reader reads <see cref="Current"/> once and uses that snapshot throughout. This
/// class makes all changes, one at a time, and ends each with one write of that reference. The callback <c>left</c> is
/// called when the last tunnel of a leaving node has ended.
/// </summary>
internal sealed class FleetCluster(
    string id,
    ClusterSettings settings,
    ClusterModel yarp,
    TunnelRegistry tunnels,
    TimeProvider time,
    Action<FleetCluster, Node>? left = null) : IDisposable
{
    private readonly Lock _changes = new();
    private readonly SemaphoreSlim _operations = new(1, 1);
    private volatile FleetSnapshot _current = FleetSnapshot.Empty(settings, yarp);
    private volatile string? _mistake;
    private long _homesChangedAt = time.GetTimestamp();
    private bool? _hasAvailable;

    public string Id { get; } = id;

    public FleetSnapshot Current => _current;

    /// <summary>
    /// The reason why the ring is kept whatever is requested: its nodes and its settings do not fit each other. Null if
    /// they fit.
    /// </summary>
    public string? Mistake => _mistake;

    /// <summary>
    /// The timestamp of the last change of any user's home: the ring changed, or a drain began or ended.
    /// </summary>
    public long HomesChangedAt => Interlocked.Read(ref _homesChangedAt);

    /// <summary>
    /// Waits until no other operation on the cluster is running, so that operators change it one at a time. Disposing
    /// of the result lets the next operation begin.
    /// </summary>
    /// <param name="ifEpoch">The epoch that the caller has read; null for any.</param>
    /// <param name="cancellation">Ends the wait for an earlier operation.</param>
    /// <exception cref="RefusedException">The ring has changed since that epoch.</exception>
    public async Task<IDisposable> EnterAsync(long? ifEpoch, CancellationToken cancellation)
    {
        await _operations.WaitAsync(cancellation);
        if (ifEpoch is { } expected && expected != _current.Epoch)
        {
            _operations.Release();
            throw new RefusedException(
                RefusalKind.Stale,
                $"If-Match is {expected}, and cluster '{Id}' is at epoch {_current.Epoch}: its ring has changed. "
                + "Nothing was done; look again.");
        }

        return new Operation(_operations);
    }

    /// <summary>
    /// Applies new nodes and settings, in which <see cref="ClusterRing.MistakesIn"/> has found no mistake. A node keeps
    /// its tunnels over a change of address or weight; a new address resets its health and the drain that it announced
    /// itself.
    /// </summary>
    /// <param name="settings">The settings of the cluster.</param>
    /// <param name="yarp">YARP's model of the cluster.</param>
    /// <param name="composition">The nodes.</param>
    /// <param name="mistake">
    /// The reason why the previous settings are kept; null if these are the requested ones.
    /// </param>
    public Reconfiguration Configure(
        ClusterSettings settings, ClusterModel yarp, Composition composition, string? mistake = null)
    {
        lock (_changes)
        {
            _mistake = mistake;
            var before = _current;
            var ringSettings = settings.Get<RingSettings>();
            var news = new Reconfiguration();
            var members = Join(before, composition, ringSettings, news);
            var leaving = Leave(before, composition, news);
            var ring = ClusterRing.Build(before, composition, ringSettings);
            var sameRing = ring?.Fingerprint == before.Ring?.Fingerprint;
            if (sameRing && before.Ring?.To is null && ring?.To is null)
            {
                ring = before.Ring;
            }

            foreach (var node in members.Values.Concat(leaving))
            {
                node.Node.Status = node;
            }

            _current = new FleetSnapshot(
                settings,
                yarp,
                composition,
                ring,
                [.. (ring?.Nodes ?? []).Select(member => members[member.Id])],
                WithTunnels(leaving, news.Removed),
                sameRing ? before.Epoch : before.Epoch + 1);
            NoteHomes(before, sameRing);
            news.Drains.AddRange(_current.Nodes
                .Where(node => before.Composition.Drains.GetValueOrDefault(node.Id) != node.OperatorDrain)
                .Select(node => node.Node));
            news.Ring = sameRing ? null : RingChangeRecord.Of(before, _current);
            return news;
        }
    }

    /// <summary>Publishes another status of a node.</summary>
    /// <param name="node">The node.</param>
    /// <param name="change">
    /// Returns the status after the one that it gets. Called under the lock, so it must be short; it may read
    /// <see cref="Current"/>, which no other change replaces until it returns.
    /// </param>
    public void Update(Node node, Func<NodeStatus, NodeStatus> change)
    {
        lock (_changes)
        {
            var status = change(node.Status);
            if (status == node.Status)
            {
                return;
            }

            var before = _current;
            node.Status = status;
            _current = before.With(status);
            NoteHomes(before, sameRing: true);
        }
    }

    /// <summary>Records whether any node is available.</summary>
    /// <returns>
    /// Whether a node is available, if that has changed since the last call; otherwise, and at the first call, null.
    /// </returns>
    public bool? NoteAvailability()
    {
        lock (_changes)
        {
            var (before, now) = (_hasAvailable, _current.AvailableNodes.Any());
            _hasAvailable = now;
            return before is null || before == now ? null : now;
        }
    }

    /// <summary>Removes the leaving nodes whose last tunnel has ended.</summary>
    public void Sweep()
    {
        var removed = new List<Node>();
        lock (_changes)
        {
            var leaving = WithTunnels(_current.Leaving, removed);
            if (removed.Count > 0)
            {
                _current = _current with { Leaving = leaving };
            }
        }

        removed.ForEach(node => left?.Invoke(this, node));
    }

    /// <summary>
    /// The node of that id, member or leaving. Ids ignore case, as in YARP, unless one of two nodes matches exactly.
    /// </summary>
    public Node? Find(string nodeId)
    {
        var snapshot = _current;
        var id = NodeIds.Match(snapshot.All.Select(static node => node.Id), nodeId);
        return snapshot.All.FirstOrDefault(node => node.Id == id)?.Node;
    }

    /// <summary>Whether the node is neither a member nor leaving. Waits for a change in progress.</summary>
    public bool HasLeft(Node node)
    {
        if (!node.IsLeaving)
        {
            return false;
        }

        // A change releases the account of a node before it publishes the snapshot without that node.
        lock (_changes)
        {
            return !_current.All.Any(status => status.Node == node);
        }
    }

    public void Dispose() => _operations.Dispose();

    private void NoteHomes(FleetSnapshot before, bool sameRing)
    {
        if (!sameRing || !_current.HasHomesOf(before))
        {
            Interlocked.Exchange(ref _homesChangedAt, time.GetTimestamp());
        }
    }

    private Dictionary<string, NodeStatus> Join(
        FleetSnapshot before, Composition composition, RingSettings settings, Reconfiguration news)
    {
        // The ring distinguishes case in ids, though YARP does not: another spelling is another node.
        var known = before.All.ToDictionary(node => node.Id, StringComparer.Ordinal);
        var nodes = new Dictionary<string, NodeStatus>(StringComparer.Ordinal);
        foreach (var member in composition.Members.Values)
        {
            var earlier = known.GetValueOrDefault(member.Id);
            var destination = DestinationOf(earlier, member);
            var status = earlier ?? Create(member, destination);
            if (earlier is null or { IsLeaving: true })
            {
                news.Joined.Add(status.Node);
            }
            else if (earlier.Weight != member.Weight)
            {
                news.Reweighed.Add((status.Node, earlier.Weight));
            }

            var ringKey = NodeRingKey.Of(member.Config, settings.Kind!);
            var drain = composition.Drains.GetValueOrDefault(member.Id);
            nodes.Add(member.Id, status.AsMember(member, destination, ringKey, drain));
        }

        return nodes;
    }

    private static List<NodeStatus> Leave(FleetSnapshot before, Composition composition, Reconfiguration news)
    {
        var leaving = before.All.Where(node => !composition.Members.ContainsKey(node.Id)).ToList();
        news.Left.AddRange(leaving.Where(node => !node.IsLeaving).Select(node => node.Node));
        return leaving.ConvertAll(node => node.AsLeaving(composition.Removals.GetValueOrDefault(node.Id)?.Drain));
    }

    // A node that has no tunnels any more has left, and is added to the removed ones.
    private ImmutableArray<NodeStatus> WithTunnels(IEnumerable<NodeStatus> leaving, List<Node> removed)
    {
        var isOver = leaving.ToLookup(node => tunnels.ReleaseLedger(node.Key));
        removed.AddRange(isOver[true].Select(node => node.Node));
        return [.. isOver[false]];
    }

    private NodeStatus Create(Member member, DestinationState destination)
    {
        var key = new NodeKey(Id, member.Id);
        return new Node(key, tunnels.LedgerOf(key), destination).Status;
    }

    // A node outside the configuration has a DestinationState of its own, to which YARP forwards in the same way.
    private static DestinationState DestinationOf(NodeStatus? node, Member member) => member.Configured
        ?? (node is { Source: not NodeSource.Configured } && node.Address == member.Config.Address
            ? node.Destination
            : new DestinationState(member.Id, new DestinationModel(member.Config)));

    private sealed class Operation(SemaphoreSlim operations) : IDisposable
    {
        private SemaphoreSlim? _operations = operations;

        public void Dispose() => Interlocked.Exchange(ref _operations, null)?.Release();
    }
}
