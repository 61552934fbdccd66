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

    // Accounts are closed, and taken out, under this lock: with it held, all that are in are open.
    private readonly Lock _accounts = new();
    private readonly int[] _onPath = new int[TunnelPathLabel.All.Count];

    // Tunnel ids of two balancers differ in their first half, so that one can be named without saying where it is.
    private readonly string _idPrefix = RandomNumberGenerator.GetHexString(8, lowercase: true);
    private readonly TunnelMetrics _metrics;
    private int _lastId;

    public TunnelRegistry(TunnelMetrics metrics)
    {
        _metrics = metrics;
        metrics.Publish(this);
    }

    /// <summary>Raised after a tunnel has ended and is in no count any more.</summary>
    public event Action<Tunnel>? Removed;

    public int Count => _byId.Count;

    // Walked, not copied under all locks at once, as the dictionary's own Values would be.
    public IEnumerable<Tunnel> All => _byId.Select(static entry => entry.Value);

    public IReadOnlyDictionary<NodeKey, TunnelLedger> Ledgers => _ledgers;

    /// <summary>How many take a path.</summary>
    public int CountOn(TunnelPath path) => Volatile.Read(ref _onPath[(int)path]);

    public string NextId() => _idPrefix + Interlocked.Increment(ref _lastId).ToString("x8", null);

    /// <summary>The account of a node that is in the fleet: the one it had, or a new one that begins at zero.</summary>
    public TunnelLedger LedgerOf(NodeKey node)
    {
        lock (_accounts)
        {
            var ledger = _ledgers.GetOrAdd(node, static _ => new TunnelLedger());
            ledger.IsHeld = true;
            return ledger;
        }
    }

    /// <summary>
    /// Gives up the account of a node that has left. If a scrape has published it, it is closed by the next scrape: a
    /// node that is added again before that counts on, as its series never was away.
    /// </summary>
    /// <returns>Whether it was given up; not while the node has tunnels.</returns>
    public bool Forget(NodeKey node)
    {
        lock (_accounts)
        {
            if (!_ledgers.TryGetValue(node, out var ledger) || ledger.Active > 0)
            {
                return false;
            }

            ledger.IsHeld = false;
            if (!ledger.IsPublished && ledger.TryClose())
            {
                _ledgers.TryRemove(node, out _);
            }

            return true;
        }
    }

    /// <summary>Closes an account that was given up.</summary>
    /// <returns>Whether a scrape may publish it; not if it is closed.</returns>
    public bool MayPublish(NodeKey node, TunnelLedger ledger)
    {
        lock (_accounts)
        {
            if (_ledgers.GetValueOrDefault(node) != ledger || (!ledger.IsHeld && ledger.TryClose()))
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
        Interlocked.Increment(ref _onPath[(int)tunnel.Flow!.Path]);
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

    /// <summary>Takes an ended tunnel out and counts its end.</summary>
    public void Remove(Tunnel tunnel, TunnelEnd end)
    {
        // Counted first: whoever no longer finds the tunnel finds its end counted.
        tunnel.Ledger.Closed(end);
        _metrics.Ended(tunnel, end);
        Interlocked.Decrement(ref _onPath[(int)tunnel.Flow!.Path]);
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

        if (!tunnel.Ledger.IsHeld)
        {
            Forget(identity.Node);
        }

        Removed?.Invoke(tunnel);
    }

    // While the handshake was under way the node may have left, and its account been closed, or been added again, which
    // has another account.
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
