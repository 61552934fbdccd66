using System.Buffers.Binary;
using System.Collections.Immutable;
using System.IO.Hashing;
using System.Text;

namespace WsBalancer.Proxy.State;

/// <summary>
/// The newest record of each key. Immutable. The content depends only on the records that were ever merged, not on
/// their order or on how often: balancers that have received the same decisions have the same records.
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
    /// The highest number of any record, without those above <see cref="StateVersion.HighestCounted"/>; 0 without a
    /// record.
    /// </summary>
    public long Highest { get; }

    /// <summary>The versions of all records that were ever merged here.</summary>
    public SeenVersions Seen { get; }

    /// <summary>
    /// The versions that had been seen when records were last forgotten. A record of such a version whose key is absent
    /// here was taken back: if an old copy contains the record, it is ignored.
    /// </summary>
    public SeenVersions Floor { get; }

    /// <summary>All records, including those that take a decision back.</summary>
    public IEnumerable<StateRecord> All => _records.Values;

    /// <summary>A hash over keys and versions, <see cref="Seen"/> and <see cref="Floor"/>.</summary>
    public string Digest => _digest ??= MakeDigest();

    public StateRecord? Find(StateKey key) => _records.GetValueOrDefault(key);

    /// <summary>The given records that win over the records here.</summary>
    /// <param name="records">The records.</param>
    /// <param name="floor">
    /// A record of such a version that is not here is from an old copy, and does not win; null for no such check.
    /// </param>
    public IEnumerable<StateRecord> NewerOf(IEnumerable<StateRecord> records, SeenVersions? floor = null) =>
        records.Where(record => Wins(record, Find(record.Key), floor));

    /// <summary>The records that differ from those of an earlier state.</summary>
    // A new record may have a lower version than the one before it, if that one was from an old copy.
    public IReadOnlyList<StateRecord> NewSince(StateRecords earlier) =>
        [.. All.Where(record => earlier.Find(record.Key) != record)];

    /// <summary>Merges the given records: of each key, the newest record wins.</summary>
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
    public StateRecords WithSeen(SeenVersions seen) =>
        Seen.Includes(seen) ? this : new StateRecords(_records, Highest, Seen.With(seen), Floor);

    /// <summary>Creates records of decisions, newer than every record here.</summary>
    /// <param name="changes">The decisions; of each key, only the last is used.</param>
    /// <param name="writer">The balancer that decides.</param>
    /// <param name="above">A number that the new records must exceed as well.</param>
    /// <exception cref="RecordRefusedException">One of the records is out of its bounds.</exception>
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
    /// Raises the floor to that of another set of records. A record of such a version that is not in that set was taken
    /// back and forgotten while this balancer was disconnected.
    /// </summary>
    /// <param name="floor">The floor.</param>
    /// <param name="isThere">Whether a record may be in the other set.</param>
    /// <param name="isFresh">
    /// Whether a record was decided here and has not been shared. The record that was taken back is then another one of
    /// the same version, from before this balancer lost its file, so this record gets a new version.
    /// </param>
    /// <param name="writer">The writer of the new versions.</param>
    /// <returns>The records, and those that were in force and are now taken back.</returns>
    public (StateRecords Records, List<StateRecord> Removed) RaiseFloor(
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

    /// <summary>The records without those of the given keys, with a raised floor.</summary>
    /// <param name="keys">The keys of the records to forget.</param>
    /// <param name="floor">The versions seen by the balancer that forgets the records.</param>
    public StateRecords Without(IEnumerable<StateKey> keys, SeenVersions floor) =>
        new(_records.RemoveRange(keys), Highest, Seen.With(floor), Floor.With(floor));

    private static bool Wins(StateRecord record, StateRecord? known, SeenVersions? floor) =>
        (floor is null || !floor.Contains(record.Version) || known?.Version == record.Version)
        && (known is null || record.IsNewerThan(known));

    // A sum of hashes does not depend on the order of the records.
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
