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

    // The ring distinguishes case in ids, though YARP does not: another spelling is another node.
    private readonly Dictionary<string, Node> _leaving = new(StringComparer.Ordinal);
    private volatile FleetSnapshot _current = FleetSnapshot.Empty(settings, yarp);
    private volatile string? _mistake;
    private long _homesChangedAt = time.GetTimestamp();
    private bool? _hasAvailable;

    public string Id { get; } = id;

    public FleetSnapshot Current => _current;

    /// <summary>Nodes that are no longer members but still have tunnels.</summary>
    public IReadOnlyList<Node> Leaving => _current.Leaving;

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
            var nodes = TakeOver(before, composition, ringSettings, news);
            var ring = ClusterRing.Build(before, composition, ringSettings);
            var sameRing = ring?.Fingerprint == before.Ring?.Fingerprint;
            if (sameRing && before.Ring?.To is null && ring?.To is null)
            {
                ring = before.Ring;
            }

            _current = new FleetSnapshot(
                settings,
                yarp,
                composition,
                ring,
                ring is null ? [] : [.. ring.Nodes.Select(member => nodes[member.Id])],
                default,
                default,
                sameRing ? before.Epoch : before.Epoch + 1)
            {
                Leaving = [.. _leaving.Values],
            }.WithMasks();
            NoteHomes(before, sameRing);
            news.Ring = sameRing ? null : RingChangeRecord.Of(before, _current);
            news.Drains.AddRange(_current.Nodes.Where(node =>
                before.Composition.Drains.GetValueOrDefault(node.Id) != node.OperatorDrain));
            return news;
        }
    }

    /// <summary>Changes the state of a node and, if placement depends on it, the masks.</summary>
    /// <param name="node">The node.</param>
    /// <param name="change">
    /// Sets properties of the node. Called under the lock, so it must be short and call nothing else.
    /// </param>
    public void Update(Node node, Action<Node> change)
    {
        lock (_changes)
        {
            var before = _current;
            change(node);
            _current = before.WithMasks();
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
            ForgetEmpty(removed);
            if (removed.Count > 0)
            {
                _current = _current with { Leaving = [.. _leaving.Values] };
            }
        }

        removed.ForEach(node => left?.Invoke(this, node));
    }

    /// <summary>
    /// The node of that id, member or leaving. Ids ignore case, as in YARP, unless one of two nodes matches exactly.
    /// </summary>
    public Node? Find(string nodeId)
    {
        var nodes = _current.All.ToArray();
        return Array.Find(nodes, node => node.Id == nodeId)
            ?? Array.Find(nodes, node => string.Equals(node.Id, nodeId, StringComparison.OrdinalIgnoreCase));
    }

    public void Dispose() => _operations.Dispose();

    private void NoteHomes(FleetSnapshot before, bool sameRing)
    {
        if (!sameRing || !_current.HasHomesOf(before))
        {
            Interlocked.Exchange(ref _homesChangedAt, time.GetTimestamp());
        }
    }

    private Dictionary<string, Node> TakeOver(
        FleetSnapshot before, Composition composition, RingSettings settings, Reconfiguration news)
    {
        var known = before.Nodes.Concat(_leaving.Values).ToDictionary(node => node.Id, StringComparer.Ordinal);
        var nodes = new Dictionary<string, Node>(StringComparer.Ordinal);
        foreach (var member in composition.Members.Values)
        {
            known.Remove(member.Id, out var node);
            var taken = Take(node, member, news);
            taken.RingKey = NodeRingKey.Of(member.Config, settings.Kind!);
            taken.OperatorDrain = composition.Drains.GetValueOrDefault(member.Id);
            taken.RemovalDrain = null;
            nodes.Add(taken.Id, taken);
        }

        _leaving.Clear();
        foreach (var node in known.Values)
        {
            if (!node.IsLeaving)
            {
                news.Left.Add(node);
            }

            node.IsLeaving = true;
            node.OperatorDrain = null;
            node.RemovalDrain = composition.Removals.GetValueOrDefault(node.Id)?.Drain;
            _leaving.Add(node.Id, node);
        }

        ForgetEmpty(news.Removed);
        return nodes;
    }

    private void ForgetEmpty(List<Node> removed)
    {
        removed.AddRange(_leaving.Values.Where(node => tunnels.ReleaseLedger(node.Key)));
        removed.ForEach(node => _leaving.Remove(node.Id));
    }

    private Node Take(Node? node, Member member, Reconfiguration news)
    {
        var destination = DestinationOf(node, member);
        if (node is null)
        {
            var key = new NodeKey(Id, member.Id);
            node = new Node(key, destination, tunnels.LedgerOf(key));
            news.Joined.Add(node);
        }
        else if (node.IsLeaving)
        {
            node.IsRegistrationExpired = false;
            node.RegistrationAnnouncesDrain = false;
            news.Joined.Add(node);
        }
        else if (node.Weight != member.Weight)
        {
            news.Reweighed.Add((node, node.Weight));
        }

        if (node.IsLeaving || node.Address != member.Config.Address)
        {
            node.ProbedHealth = NodeHealth.Unknown;
            node.AnnouncesDrain = false;
            node.IsSilent = false;
        }

        node.Destination = destination;
        node.Address = member.Config.Address;
        node.Weight = member.Weight;
        node.IsWeightOverridden = member.IsWeightOverridden;
        node.IsRegistrationExpired &= member.Source == NodeSource.Registered;
        node.Source = member.Source;
        node.IsLeaving = false;
        return node;
    }

    // A node outside the configuration has a DestinationState of its own, to which YARP forwards in the same way.
    private static DestinationState DestinationOf(Node? node, Member member) => member.Configured
        ?? (node is { Source: not NodeSource.Configured } && node.Address == member.Config.Address
            ? node.Destination
            : new DestinationState(member.Id, new DestinationModel(member.Config)));

    private sealed class Operation(SemaphoreSlim operations) : IDisposable
    {
        private SemaphoreSlim? _operations = operations;

        public void Dispose() => Interlocked.Exchange(ref _operations, null)?.Release();
    }
}
