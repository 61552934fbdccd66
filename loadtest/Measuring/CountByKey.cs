using System.Collections.Concurrent;

namespace WsBalancer.LoadTest.Measuring;

/// <summary>Counts apart by a key that comes from a small set: a close code, a reason. Thread-safe.</summary>
internal sealed class CountByKey<TKey>
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, long> _counts = new();

    public long Total => _counts.Values.Sum();

    public void Add(TKey key) => _counts.AddOrUpdate(key, 1, static (_, count) => count + 1);

    /// <summary>The counts as they are now, most frequent first.</summary>
    public IReadOnlyList<KeyValuePair<TKey, long>> Snapshot() =>
        [.. _counts.ToArray().OrderByDescending(pair => pair.Value)];
}
