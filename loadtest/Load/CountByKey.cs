using System.Collections.Concurrent;

namespace WsBalancer.LoadTest.Load;

/// <summary>Separate counts for each key of a small set, such as close codes or reasons. Thread-safe.</summary>
internal sealed class CountByKey<TKey>
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, long> _counts = new();

    public long Total => _counts.Values.Sum();

    public void Add(TKey key) => _counts.AddOrUpdate(key, 1, static (_, count) => count + 1);

    /// <summary>The current counts, most frequent first.</summary>
    public IReadOnlyList<KeyValuePair<TKey, long>> Snapshot() =>
        [.. _counts.ToArray().OrderByDescending(pair => pair.Value)];
}
