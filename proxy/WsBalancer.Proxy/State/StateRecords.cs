using System.Buffers.Binary;
using System.Collections.Immutable;
using System.IO.Hashing;
using System.Text;

namespace WsBalancer.Proxy.State;

/// <summary>
/// Records by key, the newest of each. Immutable. What it holds depends on the records alone that were ever merged, not
/// on their order or number: balancers that have heard of the same decisions have the same.
/// </summary>
internal sealed class StateRecords
{
    private readonly ImmutableDictionary<StateKey, StateRecord> _records;
    private string? _digest;

    private StateRecords(
        ImmutableDictionary<StateKey, StateRecord> records, long highest, SeenVersions seen, SeenVersions floor)
    {
        (_records, Seen, Floor) = (records, seen, floor);
        Highest = Math.Max(highest, Math.Max(seen.Highest, floor.Highest));
    }

    public static StateRecords Empty { get; } = new([], 0, SeenVersions.None, SeenVersions.None);

    /// <summary>
    /// The highest number of any record that others count on from (<see cref="StateVersion.HighestCounted"/>); 0
    /// without one.
    /// </summary>
    public long Highest { get; }

    /// <summary>The versions of all records that were ever merged into these.</summary>
    public SeenVersions Seen { get; }

    /// <summary>
    /// The versions that had been seen when records were last forgotten. A record of such a version whose key is not
    /// here was taken back: one in an old copy is ignored.
    /// </summary>
    public SeenVersions Floor { get; }

    /// <summary>All of them, those that took something back among them.</summary>
    public IEnumerable<StateRecord> All => _records.Values;

    /// <summary>A hash over keys and versions, <see cref="Seen"/> and <see cref="Floor"/>.</summary>
    public string Digest => _digest ??= MakeDigest();

    public StateRecord? Find(StateKey key) => _records.GetValueOrDefault(key);

    /// <summary>Those of these records that would win here.</summary>
    /// <param name="records">The records.</param>
    /// <param name="floor">A record of such a version that is not here is from an old copy; null if none is.</param>
    public IEnumerable<StateRecord> NewerOf(IEnumerable<StateRecord> records, SeenVersions? floor = null) =>
        records.Where(record => Wins(record, Find(record.Key), floor));

    /// <summary>Those of its records that are new against an earlier state.</summary>
    // A new one may be older than the one before it, if that was from an old copy.
    public IReadOnlyList<StateRecord> NewSince(StateRecords earlier) =>
        [.. All.Where(record => earlier.Find(record.Key) != record)];

    /// <summary>Takes over those of these records that win.</summary>
    /// <inheritdoc cref="NewerOf"/>
    public StateRecords Merge(IEnumerable<StateRecord> records, SeenVersions? floor = null)
    {
        var merged = _records.ToBuilder();
        var versions = new List<StateVersion>();
        foreach (var record in records)
        {
            versions.Add(record.Version);
            if (Wins(record, merged.GetValueOrDefault(record.Key), floor))
            {
                merged[record.Key] = record;
            }
        }

        return new StateRecords(merged.ToImmutable(), Highest, Seen.With(versions), Floor);
    }

    /// <summary>The same records, with more versions seen.</summary>
    public StateRecords Seeing(SeenVersions seen) =>
        Seen.Includes(seen) ? this : new StateRecords(_records, Highest, Seen.With(seen), Floor);

    /// <summary>Makes records of decisions, newer than every record here.</summary>
    /// <param name="changes">The decisions; the last of a key counts.</param>
    /// <param name="writer">The balancer that decides.</param>
    /// <param name="above">A number that they must be above, too.</param>
    /// <exception cref="RecordRefusedException">No balancer would read one of them.</exception>
    public List<StateRecord> Decide(IReadOnlyList<StateChange> changes, string writer, long above)
    {
        var highest = changes.Select(change => Find(change.Key)?.Version.Number ?? 0)
            .Append(Math.Max(Highest, above)).Max();
        var records = changes
            .GroupBy(change => change.Key)
            .Select(group => new StateRecord(group.Key, new StateVersion(highest + 1, writer), group.Last().Value))
            .ToList();
        records.ForEach(RecordRefusedException.ThrowIfBad);
        return records;
    }

    /// <summary>
    /// Takes over the floor of another set of records. A record of such a version that is not in that set was taken
    /// back and forgotten while this balancer was disconnected.
    /// </summary>
    /// <param name="floor">The floor.</param>
    /// <param name="isThere">Whether a record may be in the other set.</param>
    /// <param name="isFresh">
    /// Whether a record was decided here and has not been shared: another one of the same version was taken back, from
    /// before this balancer lost its file, and this one gets a new version.
    /// </param>
    /// <param name="writer">The writer of the new versions.</param>
    /// <returns>The records, and those that were in force and are now taken back.</returns>
    public (StateRecords Records, List<StateRecord> Gone) Raise(
        SeenVersions floor, Func<StateRecord, bool> isThere, Func<StateRecord, bool> isFresh, string writer)
    {
        var missing = All.Where(record => floor.Contains(record.Version) && !isThere(record)).ToList();
        var raised = Without(missing.Select(record => record.Key), floor);
        var inForce = missing.Where(record => record.Value is not null).ToLookup(isFresh);
        var version = new StateVersion(raised.Highest + 1, writer);
        return (
            raised.Merge(inForce[true].Select(record => record with { Version = version })),
            [.. inForce[false].Select(record => record with { Value = null })]);
    }

    /// <summary>Forgets records.</summary>
    /// <param name="keys">Their keys.</param>
    /// <param name="floor">The versions that the balancer had seen which forgets them.</param>
    public StateRecords Without(IEnumerable<StateKey> keys, SeenVersions floor) =>
        new(_records.RemoveRange(keys), Highest, Seen.With(floor), Floor.With(floor));

    private static bool Wins(StateRecord record, StateRecord? known, SeenVersions? floor) =>
        (floor is null || !floor.Contains(record.Version) || known?.Version == record.Version)
        && (known is null || record.IsNewerThan(known));

    // A sum of hashes, which no order changes.
    private string MakeDigest()
    {
        var sum = HashOf($"{Seen}\n{Floor}");
        foreach (var ((cluster, kind, node), (number, writer), _) in _records.Values)
        {
            sum += HashOf($"{cluster}\n{(int)kind}\n{node}\n{number}\n{writer}");
        }

        var bytes = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, sum);
        return Convert.ToHexStringLower(bytes);
    }

    private static UInt128 HashOf(string text) => XxHash128.HashToUInt128(Encoding.UTF8.GetBytes(text));
}
