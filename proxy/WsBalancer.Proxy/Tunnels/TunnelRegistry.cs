using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace WsBalancer.Proxy.Tunnels;

/// <summary>
/// Every live tunnel of this balancer: by id, by node, by user; and the account of every node. Thread-safe.
/// </summary>
internal sealed class TunnelRegistry
{
    private readonly ConcurrentDictionary<string, Tunnel> _byId = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<NodeKey, ConcurrentDictionary<string, Tunnel>> _byNode = new();
    private readonly ConcurrentDictionary<(string Cluster, string User), UserTunnels> _byUser = new();
    private readonly ConcurrentDictionary<NodeKey, TunnelLedger> _ledgers = new();

    // Accounts are closed and removed under this lock: while it is held, every registered account is open.
    private readonly Lock _accounts = new();
    private readonly int[] _onPath = new int[TunnelPathLabel.All.Count];

    // Tunnel ids of two balancers differ in their first half, so that an id is enough to find a tunnel in the fleet.
    private readonly string _idPrefix = RandomNumberGenerator.GetHexString(8, lowercase: true);
    private readonly TunnelMetrics _metrics;
    private int _lastId;

    public TunnelRegistry(TunnelMetrics metrics)
    {
        _metrics = metrics;
        metrics.Publish(this);
    }

    /// <summary>Raised after a tunnel has ended and was removed from all counts.</summary>
    public event Action<Tunnel>? Removed;

    public int Count => _byId.Count;

    // An enumeration, since Values of the dictionary copies all entries while all of its locks are held.
    public IEnumerable<Tunnel> All => _byId.Select(static entry => entry.Value);

    public IReadOnlyDictionary<NodeKey, TunnelLedger> Ledgers => _ledgers;

    /// <summary>The number of live tunnels on a data path.</summary>
    public int CountOn(TunnelPath path) => Volatile.Read(ref _onPath[(int)path]);

    public string NextId() => _idPrefix + Interlocked.Increment(ref _lastId).ToString("x8", null);

    /// <summary>The account of a node that is in the fleet: the existing one, or a new one at zero.</summary>
    public TunnelLedger LedgerOf(NodeKey node)
    {
        lock (_accounts)
        {
            var ledger = _ledgers.GetOrAdd(node, static _ => new TunnelLedger());
            ledger.IsInFleet = true;
            return ledger;
        }
    }

    /// <summary>
    /// Releases the account of a node that has left the fleet. An account that a scrape has published is closed by the
    /// next scrape: if the node is added again before that, its counts continue, since its series were not withdrawn.
    /// </summary>
    /// <returns>Whether the account was released; false while the node has tunnels.</returns>
    public bool ReleaseLedger(NodeKey node)
    {
        lock (_accounts)
        {
            if (!_ledgers.TryGetValue(node, out var ledger) || ledger.Active > 0)
            {
                return false;
            }

            ledger.IsInFleet = false;
            if (!ledger.IsPublished && ledger.TryClose())
            {
                _ledgers.TryRemove(node, out _);
            }

            return true;
        }
    }

    /// <summary>Closes the account if it was released and no tunnel is open.</summary>
    /// <returns>Whether a scrape may publish the account; false if it is closed.</returns>
    public bool TryKeepForPublish(NodeKey node, TunnelLedger ledger)
    {
        lock (_accounts)
        {
            if (_ledgers.GetValueOrDefault(node) != ledger || (!ledger.IsInFleet && ledger.TryClose()))
            {
                _ledgers.TryRemove(KeyValuePair.Create(node, ledger));
                return false;
            }

            ledger.IsPublished = true;
            return true;
        }
    }

    public Tunnel? Find(string id) => _byId.GetValueOrDefault(id);

    public IEnumerable<Tunnel> On(NodeKey node) =>
        _byNode.TryGetValue(node, out var tunnels) ? tunnels.Select(static entry => entry.Value) : [];

    /// <summary>The live tunnels of a user, the oldest first.</summary>
    public IReadOnlyList<Tunnel> Of(string cluster, string user) =>
        _byUser.TryGetValue((cluster, user), out var tunnels) ? tunnels.All : [];

    public void Add(Tunnel tunnel)
    {
        var identity = tunnel.Identity;
        tunnel.Ledger = Open(identity.Node);
        Interlocked.Increment(ref _onPath[(int)tunnel.Flow.Path]);
        _byId[identity.Id] = tunnel;
        _byNode.GetOrAdd(identity.Node, static _ => new(StringComparer.Ordinal))[identity.Id] = tunnel;
        if (identity.User is { } user)
        {
            _byUser.AddOrUpdate(
                (identity.Node.Cluster, user),
                static (_, added) => new UserTunnels(added),
                static (_, tunnels, added) => tunnels.Add(added),
                tunnel);
        }
    }

    /// <summary>Removes a tunnel that has ended, and counts its end.</summary>
    public void Remove(Tunnel tunnel, TunnelEnd end)
    {
        // The end is counted first: when the tunnel is no longer found, its end is already counted.
        tunnel.Ledger.Closed(end);
        _metrics.Add(tunnel, end);
        Interlocked.Decrement(ref _onPath[(int)tunnel.Flow.Path]);
        var identity = tunnel.Identity;
        _byId.TryRemove(identity.Id, out _);
        if (_byNode.TryGetValue(identity.Node, out var onNode))
        {
            onNode.TryRemove(identity.Id, out _);
        }

        if (identity.User is { } user)
        {
            RemoveFromUser((identity.Node.Cluster, user), tunnel);
        }

        if (!tunnel.Ledger.IsInFleet)
        {
            ReleaseLedger(identity.Node);
        }

        Removed?.Invoke(tunnel);
    }

    // During the handshake the node may have left the fleet, with its account closed, or may have been added again,
    // with another account. So the account is looked up when the tunnel opens.
    private TunnelLedger Open(NodeKey node)
    {
        if (_ledgers.TryGetValue(node, out var ledger) && ledger.TryOpen())
        {
            return ledger;
        }

        lock (_accounts)
        {
            ledger = _ledgers.GetOrAdd(node, static _ => new TunnelLedger());
            return ledger.TryOpen()
                ? ledger
                : throw new InvalidOperationException("A registered account must be open.");
        }
    }

    private void RemoveFromUser((string Cluster, string User) key, Tunnel tunnel)
    {
        while (_byUser.TryGetValue(key, out var tunnels))
        {
            var left = tunnels.Remove(tunnel);
            var done = left.IsEmpty
                ? _byUser.TryRemove(KeyValuePair.Create(key, tunnels))
                : _byUser.TryUpdate(key, left, tunnels);
            if (done)
            {
                return;
            }
        }
    }
}
