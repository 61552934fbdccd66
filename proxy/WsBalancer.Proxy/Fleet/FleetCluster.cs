using WsBalancer.Proxy.Tunnels;
using Yarp.ReverseProxy.Model;

namespace WsBalancer.Proxy.Fleet;

/// <summary>
/// A cluster that the ring places. Readers take <see cref="Current"/> once and use it throughout; all changes go
/// through here, one at a time, and end in one swap of that reference.
/// </summary>
/// <param name="id">Its id.</param>
/// <param name="settings">What is configured for it.</param>
/// <param name="yarp">YARP's side of it.</param>
/// <param name="tunnels">The open tunnels.</param>
/// <param name="time">The clock.</param>
/// <param name="left">Called when the last tunnel of a node that leaves has ended.</param>
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

    // Case in an id matters to the ring though not to YARP: another spelling is another node.
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
    /// Why the ring stays as it is, whatever is asked for: its nodes and its settings do not fit each other. Null if
    /// they do.
    /// </summary>
    public string? Mistake => _mistake;

    /// <summary>When any user last got another home: the ring changed, or a drain began or ended.</summary>
    public long HomesChangedAt => Interlocked.Read(ref _homesChangedAt);

    /// <summary>Lets an operator's changes of the cluster in one at a time; disposing lets the next one in.</summary>
    /// <param name="ifEpoch">The epoch that the caller has seen; null for any.</param>
    /// <param name="cancellation">Gives up waiting for the one before.</param>
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
    /// Takes over what the cluster is to have, which <see cref="ClusterRing.MistakesIn"/> has found right. Nodes keep
    /// their state over a change of address or weight.
    /// </summary>
    /// <param name="settings">What is configured for the cluster.</param>
    /// <param name="yarp">YARP's side of it.</param>
    /// <param name="composition">The nodes.</param>
    /// <param name="mistake">Why it is not what was asked for but what it had; null if it is.</param>
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

    /// <summary>Changes what is known of a node and, if that makes a difference to placement, the masks.</summary>
    /// <param name="node">The node.</param>
    /// <param name="change">Sets its properties; called under the lock, so it is short and calls nothing else.</param>
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

    /// <summary>Notes whether any node is available.</summary>
    /// <returns>Whether one is, if that has changed since the last call; else, and the first time, null.</returns>
    public bool? NoteAvailability()
    {
        lock (_changes)
        {
            var (before, now) = (_hasAvailable, _current.AvailableNodes.Any());
            _hasAvailable = now;
            return before is null || before == now ? null : now;
        }
    }

    /// <summary>Forgets the leaving nodes whose last tunnel has ended.</summary>
    public void Sweep()
    {
        var gone = new List<Node>();
        lock (_changes)
        {
            ForgetEmpty(gone);
            if (gone.Count > 0)
            {
                _current = _current with { Leaving = [.. _leaving.Values] };
            }
        }

        gone.ForEach(node => left?.Invoke(this, node));
    }

    /// <summary>
    /// The node of that id, member or leaving. Ids ignore case here, as YARP's do, but where it tells two apart.
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

        ForgetEmpty(news.Gone);
        return nodes;
    }

    private void ForgetEmpty(List<Node> gone)
    {
        gone.AddRange(_leaving.Values.Where(node => tunnels.Forget(node.Key)));
        gone.ForEach(node => _leaving.Remove(node.Id));
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
            node.IsLeaseLost = false;
            node.RegistrySaysDraining = false;
            news.Joined.Add(node);
        }
        else if (node.Weight != member.Weight)
        {
            news.Reweighed.Add((node, node.Weight));
        }

        if (node.IsLeaving || node.Address != member.Config.Address)
        {
            node.ProbedHealth = NodeHealth.Unknown;
            node.SaysDraining = false;
            node.IsSilent = false;
        }

        node.Destination = destination;
        node.Address = member.Config.Address;
        node.Weight = member.Weight;
        node.IsWeightOverridden = member.IsWeightOverridden;
        node.IsLeaseLost &= member.Source == NodeSource.Registered;
        node.Source = member.Source;
        node.IsLeaving = false;
        return node;
    }

    // A node that no configuration names has a destination of its own; YARP forwards to it all the same.
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
