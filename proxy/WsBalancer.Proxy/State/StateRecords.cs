using System.Collections.Immutable;

namespace WsBalancer.Proxy.State;

/// <summary>
/// Records by key, the newest of each. Immutable. What it holds depends on the records alone that were ever merged, not
/// on their order or number: balancers that have heard of the same decisions have the same.
/// </summary>
internal sealed class StateRecords
{
    private readonly ImmutableDictionary<StateKey, StateRecord> _records;

    private StateRecords(ImmutableDictionary<StateKey, StateRecord> records, long highest) =>
        (_records, Highest) = (records, highest);

    public static StateRecords Empty { get; } = new([], 0);

    /// <summary>
    /// The highest number of any record that others count on from (<see cref="StateVersion.HighestCounted"/>); 0
    /// without one.
    /// </summary>
    public long Highest { get; }

    /// <summary>All of them, those that took something back among them.</summary>
    public IEnumerable<StateRecord> All => _records.Values;

    public StateRecord? Find(StateKey key) => _records.GetValueOrDefault(key);

    /// <summary>Those of these records that would win here.</summary>
    public IEnumerable<StateRecord> NewerOf(IEnumerable<StateRecord> records) =>
        records.Where(record => Find(record.Key) is not { } known || record.IsNewerThan(known));

    /// <summary>Those of its records that are new against an earlier state.</summary>
    public IReadOnlyList<StateRecord> NewSince(StateRecords earlier) => [.. earlier.NewerOf(All)];

    /// <summary>Takes over those of these records that win.</summary>
    public StateRecords Merge(IEnumerable<StateRecord> records)
    {
        var merged = _records.ToBuilder();
        var highest = Highest;
        foreach (var record in records)
        {
            highest = record.Version.Number <= StateVersion.HighestCounted
                ? Math.Max(highest, record.Version.Number)
                : highest;
            if (!merged.TryGetValue(record.Key, out var known) || record.IsNewerThan(known))
            {
                merged[record.Key] = record;
            }
        }

        return new StateRecords(merged.ToImmutable(), highest);
    }
}
