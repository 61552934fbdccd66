using System.Collections.Concurrent;

namespace WsBalancer.Proxy.State;

/// <summary>
/// Every runtime decision this balancer knows. All changes, of operators here and of other balancers, go through it.
/// Thread-safe.
/// </summary>
internal sealed class StateStore(string writer)
{
    private readonly ConcurrentDictionary<StateKey, StateRecord> _records = new();
    private readonly ConcurrentDictionary<StateKey, StateStanding> _standings = new();
    private readonly Lock _gate = new();

    /// <summary>
    /// Raised after records changed, wherever they were changed, with those that did; one change at a time.
    /// </summary>
    public event Action<IReadOnlyList<StateRecord>>? Changed;

    /// <summary>The records of a cluster; tombstones are not among them.</summary>
    public IReadOnlyList<StateRecord> Of(string cluster) =>
        [.. _records.Values.Where(record => record.Value is not null
            && string.Equals(record.Key.Cluster, cluster, StringComparison.OrdinalIgnoreCase))];

    /// <summary>What was decided for a key; null if nothing, or if it was taken back.</summary>
    public StateValue? Find(StateKey key) => _records.GetValueOrDefault(key)?.Value;

    /// <summary>Decides. It is kept before anything is made of it.</summary>
    /// <returns>Whether the other balancers were told; null if this one shares with nobody.</returns>
    public Task<bool?> WriteAsync(IReadOnlyList<StateChange> changes, CancellationToken cancellation)
    {
        _ = cancellation;
        List<StateRecord> written;
        lock (_gate)
        {
            var number = _records.Values.Select(record => record.Version.Number).DefaultIfEmpty().Max() + 1;
            written = [.. changes.Select(change =>
                new StateRecord(change.Key, new StateVersion(number, writer), change.Value))];
            written.ForEach(record => _records[record.Key] = record);
        }

        Changed?.Invoke(written);
        return Task.FromResult<bool?>(null);
    }

    /// <summary>How this balancer stands to a record that it has.</summary>
    public StateStanding StandingOf(StateKey key) => _standings.GetValueOrDefault(key);

    /// <summary>Notes how this balancer stands to a record; a newer record begins anew.</summary>
    public void Stand(StateKey key, StateStanding standing) => _standings[key] = standing;
}

/// <summary>One decision: a value for a key, or null to take it back.</summary>
internal readonly record struct StateChange(StateKey Key, StateValue? Value);

/// <summary>
/// How a balancer stands to a record. Not shared: files differ while a new one is rolled out, and what has lapsed at one
/// balancer may still wait at another.
/// </summary>
internal enum StateStanding
{
    /// <summary>What it is laid over is not as it was when it was decided; it may come to be.</summary>
    Waiting,

    /// <summary>It holds here.</summary>
    InEffect,

    /// <summary>It held here until what it is laid over changed.</summary>
    Lapsed,
}
