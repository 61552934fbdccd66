using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace WsBalancer.Proxy.State;

/// <summary>
/// Nodes that register themselves in the configured clusters: each renews a key <c>{prefix}:node:{cluster}:{id}</c>,
/// and is a member of the set <c>{prefix}:nodes:{cluster}</c>, through which it is found within a second.
/// </summary>
internal sealed class RedisMembership(
    RedisLink link,
    Func<IEnumerable<string>> clusters,
    BadRecords bad,
    TimeProvider time,
    ILogger<RedisMembership> logger)
    : IMembershipSource
{
    // Longer than nodes take to renew: a Redis that restarts empty has all registrations again within this time.
    private static readonly TimeSpan MissingGrace = TimeSpan.FromSeconds(5);

    private readonly KeyScan _scan = new(link, time, logger);
    private readonly Dictionary<string, Seen> _seen = new(StringComparer.Ordinal);
    private volatile IReadOnlyList<NamedNode>? _nodes;

    public event Action? Changed;

    public IReadOnlyList<NamedNode>? Nodes => _nodes;

    /// <exception cref="RedisException">Redis is not available, or refuses a command.</exception>
    public async Task ReadAsync()
    {
        try
        {
            var keys = await FindKeysAsync();
            var values = await Task.WhenAll(keys.Keys.Select(async key =>
                (Key: key, Value: await link.Database.StringGetAsync(key))));
            await TakeOverAsync(keys, values);
        }
        catch
        {
            // Redis could not be read: a node that could not be seen must not expire.
            foreach (var seen in _seen.Values)
            {
                seen.MissingSince = null;
            }

            Publish(null);
            throw;
        }
    }

    // The nodes by the names of their keys: the members of the sets, and those that only the scan found.
    private async Task<Dictionary<string, NodeAt>> FindKeysAsync()
    {
        var keys = new Dictionary<string, NodeAt>(StringComparer.Ordinal);
        var configured = clusters().ToList();
        var sets = await Task.WhenAll(configured.Concat(configured.Select(id => id.ToLowerInvariant())).Distinct()
            .Select(async cluster => (
                Cluster: cluster, Members: await link.Database.SetMembersAsync(link.Key($"nodes:{cluster}")))));
        foreach (var (cluster, members) in sets)
        {
            foreach (var member in members)
            {
                keys[link.Name($"node:{cluster}:{member}")] = new NodeAt(cluster, member.ToString(), IsListed: true);
            }
        }

        var start = link.Name("node:");
        foreach (var key in _scan.Poll(start + "*"))
        {
            var colon = key.LastIndexOf(':');
            if (colon > start.Length
                && configured.Contains(key[start.Length..colon], StringComparer.OrdinalIgnoreCase))
            {
                keys.TryAdd(key, new NodeAt(key[start.Length..colon], key[(colon + 1)..], IsListed: false));
            }
        }

        return keys;
    }

    private async Task TakeOverAsync(Dictionary<string, NodeAt> keys, (string Key, RedisValue Value)[] values)
    {
        var there = values.Where(pair => !pair.Value.IsNull).ToList();
        var present = there.Where(pair => IsTaken(pair.Key, keys[pair.Key], pair.Value.ToString()))
            .Select(pair => pair.Key).ToHashSet(StringComparer.Ordinal);
        bad.Keep(
            RecordSource.Registrations,
            there.Where(pair => !present.Contains(pair.Key)).Select(pair => NameOf(pair.Key)).ToHashSet());
        var configured = clusters().Select(id => id.ToLowerInvariant()).ToHashSet();
        foreach (var (key, seen) in _seen.Where(pair => !present.Contains(pair.Key)).ToList())
        {
            seen.MissingSince ??= time.GetTimestamp();
            if (time.GetElapsedTime(seen.MissingSince.Value) >= MissingGrace || !configured.Contains(seen.Node.Cluster))
            {
                _seen.Remove(key);
            }
        }

        Publish([.. _seen
            .OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => pair.Value.Node)
            .DistinctBy(node => (node.Cluster, node.Id))]);
        var known = there.Select(pair => pair.Key).Concat(_seen.Keys).ToHashSet(StringComparer.Ordinal);
        await ForgetAsync(keys.Where(pair => pair.Value.IsListed && !known.Contains(pair.Key))
            .Select(pair => pair.Value));
    }

    // A registration that is set aside counts as absent at every balancer: the previous registration of the node is
    // kept for as long as that of a missing node.
    private bool IsTaken(string key, NodeAt at, string value)
    {
        if (Registration.Read(at.Cluster.ToLowerInvariant(), at.Id, value, out var mistake) is not { } node)
        {
            bad.Add(RecordSource.Registrations, NameOf(key), at.Cluster, value, mistake);
            return false;
        }

        _seen[key] = new Seen(node);
        return true;
    }

    private static string NameOf(string key) => $"Key '{key}' in Redis";

    // The key of a dead node expires, but its id in the set does not.
    private async Task ForgetAsync(IEnumerable<NodeAt> removed) => await Task.WhenAll(
        removed.Select(at => link.Database.SetRemoveAsync(link.Key($"nodes:{at.Cluster}"), at.Id)));

    private void Publish(IReadOnlyList<NamedNode>? nodes)
    {
        var before = _nodes;
        var isSame = nodes is null || before is null ? nodes == before : nodes.SequenceEqual(before);
        if (!isSame)
        {
            _nodes = nodes;
            Changed?.Invoke();
        }
    }

    private readonly record struct NodeAt(string Cluster, string Id, bool IsListed);

    private sealed class Seen(NamedNode node)
    {
        public NamedNode Node => node;

        /// <summary>When the key was first missing; null if it is not missing, or if Redis could not be read.</summary>
        public long? MissingSince { get; set; }
    }
}
