using StackExchange.Redis;

namespace WsBalancer.Proxy.State;

/// <summary>The decisions in Redis, as they were read at one moment.</summary>
/// <param name="Fields">The value of each key, by the text of the key.</param>
/// <param name="RawSeen">The versions that their writers have seen, as they were read; null if absent.</param>
/// <param name="RawFloor">The floor, as it was read; null if absent.</param>
internal sealed record SharedState(
    IReadOnlyDictionary<string, RemoteRecord> Fields, RedisValue RawSeen, RedisValue RawFloor)
{
    /// <summary>The field of the versions that were seen. No key has that text.</summary>
    public const string SeenField = "seen";

    /// <summary>The field of the floor. No key has that text.</summary>
    public const string FloorField = "floor";

    /// <summary>The versions that the writers of these records have seen.</summary>
    public SeenVersions Seen { get; } = VersionsIn(RawSeen) ?? SeenVersions.None;

    /// <summary>The floor of the records there (<see cref="StateRecords.Floor"/>).</summary>
    public SeenVersions Floor { get; } = VersionsIn(RawFloor) ?? SeenVersions.None;

    /// <summary>The valid records.</summary>
    public IReadOnlyList<StateRecord> Records { get; } =
        [.. Fields.Values.Select(remote => remote.Record).OfType<StateRecord>()];

    /// <summary>The values that are set aside: fields, contents and mistakes.</summary>
    public IEnumerable<(string Field, RedisValue Raw, string Mistake)> Bad
    {
        get
        {
            foreach (var (key, remote) in Fields)
            {
                if (remote.Mistake is { } mistake)
                {
                    yield return (key, remote.Raw, mistake);
                }
            }

            foreach (var (name, raw) in new[] { (SeenField, RawSeen), (FloorField, RawFloor) })
            {
                if (!raw.IsNull && VersionsIn(raw) is null)
                {
                    yield return (name, raw, "expected a number for each balancer, as in {\"b-1\":12}");
                }
            }
        }
    }

    public static SharedState Read(IEnumerable<HashEntry> entries)
    {
        var fields = entries.ToDictionary(entry => entry.Name.ToString(), entry => entry.Value, StringComparer.Ordinal);
        fields.Remove(SeenField, out var seen);
        fields.Remove(FloorField, out var floor);
        return new SharedState(
            fields.ToDictionary(
                field => field.Key, field => RemoteRecord.Read(field.Key, field.Value), StringComparer.Ordinal),
            seen,
            floor);
    }

    /// <summary>Whether a record is in Redis, or may be: a value that is set aside may have replaced it.</summary>
    public bool Has(StateRecord record) => Fields.TryGetValue(record.Key.ToString(), out var remote)
        && (remote.Record is null || remote.Record.Version == record.Version);

    /// <summary>The change after which Redis has the records of this balancer.</summary>
    /// <param name="ours">The records of this balancer, merged with the newer ones from Redis.</param>
    /// <param name="isReplaced">Whether a record of this balancer replaces a value that is set aside.</param>
    public SharedChange ChangeTo(StateRecords ours, Func<RemoteRecord, StateRecord, bool> isReplaced) => new(
        [
            .. ours.All.Select(record => (Record: record, There: Fields.GetValueOrDefault(record.Key.ToString())))
                .Where(pair => pair.There switch
                {
                    null => true,
                    { Record: { } there } => pair.Record.IsNewerThan(there) || IsOld(there, ours),
                    { } there => isReplaced(there, pair.Record),
                }),
        ],
        [
            .. Fields.Where(field => field.Value.Record is { } there
                && IsOld(there, ours) && ours.Find(there.Key) is null),
        ],
        Seen.Includes(ours.Seen) ? null : ours.Seen,
        Floor.Includes(ours.Floor) ? null : ours.Floor);

    /// <summary>The decisions in Redis after a change.</summary>
    public SharedState With(SharedChange change)
    {
        var fields = new Dictionary<string, RemoteRecord>(Fields, StringComparer.Ordinal);
        foreach (var (field, _) in change.Removed)
        {
            fields.Remove(field);
        }

        foreach (var (record, _) in change.Set)
        {
            fields[record.Key.ToString()] = new RemoteRecord(StateJson.Write(record), record, null);
        }

        return new SharedState(
            fields, change.Seen?.ToString() ?? RawSeen, change.Floor?.ToString() ?? RawFloor);
    }

    // A Redis that lacks the floor of this balancer is an old copy, from before that floor.
    private bool IsOld(StateRecord there, StateRecords ours) => !Floor.Includes(ours.Floor)
        && ours.Floor.Contains(there.Version) && ours.Find(there.Key)?.Version != there.Version;

    private static SeenVersions? VersionsIn(RedisValue value) =>
        value.IsNull ? null : SeenVersions.Parse(value.ToString());
}

/// <summary>A change of the decisions in Redis.</summary>
/// <param name="Set">The records to write, each with the value that it replaces.</param>
/// <param name="Removed">The fields to remove.</param>
/// <param name="Seen">The versions seen, to write; null if they stay.</param>
/// <param name="Floor">The floor to write; null if it stays.</param>
internal sealed record SharedChange(
    IReadOnlyList<(StateRecord Record, RemoteRecord? There)> Set,
    IReadOnlyList<KeyValuePair<string, RemoteRecord>> Removed,
    SeenVersions? Seen,
    SeenVersions? Floor)
{
    public bool IsEmpty => Set.Count == 0 && Removed.Count == 0 && Seen is null && Floor is null;
}
