using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace WsBalancer.Proxy.State;

/// <summary>
/// Every runtime decision this balancer knows. All changes, of operators here and of other balancers, go through it.
/// Thread-safe; reading never waits.
/// </summary>
/// <param name="writer">The id of this balancer.</param>
/// <param name="file">Keeps the records, and is disposed of with this; null keeps them in memory only.</param>
/// <param name="logger">For what nobody waits for.</param>
internal sealed class StateStore(string writer, StateFile? file = null, ILogger<StateStore>? logger = null)
    : IDisposable
{
    private readonly ConcurrentDictionary<StateKey, StateEntry> _standings = new();
    private readonly ILogger _logger = logger ?? (ILogger)NullLogger.Instance;
    private readonly StateSaver _saver = new(file, logger ?? (ILogger)NullLogger.Instance);

    // Held by whoever changes records, from before the file is written until Changed has returned.
    private readonly SemaphoreSlim _turn = new(1, 1);
    private volatile StateRecords _records = StateRecords.Empty;
    private int _isSaving;
    private long _highestSetAside;
    private long _shared;

    /// <summary>
    /// Raised after records changed, wherever they were changed, with those that did; one change at a time. Who listens
    /// may begin another change, but must not wait for it.
    /// </summary>
    public event Action<IReadOnlyList<StateRecord>>? Changed;

    /// <summary>
    /// Tells the others what is new here: whether they were told, null if there is nobody. Set where there is something
    /// to tell it with; never throws, and takes a second at most.
    /// </summary>
    public Func<CancellationToken, Task<bool?>> ShareAsync { get; set; } = _ => Task.FromResult<bool?>(null);

    /// <summary>
    /// Finds the records that this balancer may forget alone. Set if no other balancer shares the records.
    /// </summary>
    public SpentRecords? Spent { get; set; }

    /// <summary>Every record, those that took something back among them.</summary>
    public StateRecords Records => _records;

    /// <summary>Whether a change is not in the file yet.</summary>
    public bool IsUnsaved => _saver.IsUnsaved;

    /// <summary>The content of the state file.</summary>
    public StateFileContent Content => ContentOf(_records);

    /// <summary>Takes over what the file keeps. At the start, before anything else.</summary>
    /// <exception cref="StateFileException">It is there, and cannot be read.</exception>
    public StateStore Load() => Restore(_saver.Load());

    /// <summary>Takes over the content of a state file.</summary>
    public StateStore Restore(StateFileContent content)
    {
        _records = _records.Merge(content.Entries.Select(entry => entry.Record))
            .Seeing(content.Seen).Without([], content.Floor);
        MarkShared(_records.Highest);
        foreach (var entry in content.Damaged)
        {
            CountSetAside(entry.Number);
        }

        foreach (var entry in content.Entries)
        {
            _standings[entry.Record.Key] = entry;
        }

        return this;
    }

    /// <summary>The records of a cluster; tombstones are not among them.</summary>
    public IReadOnlyList<StateRecord> Of(string cluster) =>
        [.. _records.All.Where(record => record.Value is not null
            && string.Equals(record.Key.Cluster, cluster, StringComparison.OrdinalIgnoreCase))];

    /// <summary>What was decided for a key; null if nothing, or if it was taken back.</summary>
    public StateValue? Find(StateKey key) => _records.Find(key)?.Value;

    /// <summary>Decides. It is kept before anything is made of it.</summary>
    /// <returns>Whether the other balancers were told; null if this one shares with nobody.</returns>
    /// <exception cref="StateFileException">It cannot be kept, and nothing has changed.</exception>
    /// <exception cref="RecordRefusedException">No balancer would read it, and nothing has changed.</exception>
    public Task<bool?> WriteAsync(IReadOnlyList<StateChange> changes, CancellationToken cancellation) =>
        WriteAsync(() => changes, cancellation);

    /// <summary>Takes records back; not what was decided in their place meanwhile.</summary>
    /// <returns>As of <see cref="WriteAsync(IReadOnlyList{StateChange}, CancellationToken)"/>.</returns>
    /// <exception cref="StateFileException">It cannot be kept, and nothing has changed.</exception>
    /// <exception cref="RecordRefusedException">No balancer would read it, and nothing has changed.</exception>
    public Task<bool?> TakeBackAsync(IReadOnlyList<StateRecord> records, CancellationToken cancellation) => WriteAsync(
        () => [.. records.Where(IsInForce).Select(record => new StateChange(record.Key, null))], cancellation);

    /// <summary>Takes over what others decided: of each key, the newest record wins.</summary>
    public async Task MergeAsync(SharedState there)
    {
        // Nearly always: the same is read again each second.
        if (!_records.NewerOf(there.Records, FloorOver(there)).Any() && _records.Seen.Includes(there.Seen)
            && _records.Floor.Includes(there.Floor) && !_saver.IsUnsaved)
        {
            return;
        }

        await _turn.WaitAsync();
        try
        {
            var (raised, gone) = _records.Floor.Includes(there.Floor)
                ? (_records, [])
                : _records.Raise(there.Floor, there.Has, IsFresh, writer);
            var next = raised.Merge(there.Records, FloorOver(there)).Seeing(there.Seen);
            gone.RemoveAll(record => next.Find(record.Key) is not null);
            await _saver.SaveIfPossibleAsync(() => ContentOf(next));
            gone.ForEach(record => StateLog.TakenBackMeanwhile(_logger, record.Key.ToString()));
            Apply(next, [.. next.NewSince(_records), .. gone]);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>
    /// Forgets records that every balancer had, and that have been removed from Redis. Newer records of their keys
    /// stay.
    /// </summary>
    public async Task ForgetAsync(IReadOnlyList<StateRecord> spent, SeenVersions floor)
    {
        await _turn.WaitAsync();
        try
        {
            var next = _records.Without(spent.Where(IsInForce).Select(record => record.Key), floor);
            await _saver.SaveIfPossibleAsync(() => ContentOf(next));
            Apply(next, []);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Notes that every record up to a number is in Redis.</summary>
    public void MarkShared(long number)
    {
        if (number > Interlocked.Read(ref _shared))
        {
            Interlocked.Exchange(ref _shared, number);
        }
    }

    /// <summary>
    /// Notes the number of a record that is set aside: the next decision is numbered above it, so that it also wins at
    /// a balancer of a later version that can read that record.
    /// </summary>
    public void CountSetAside(long number)
    {
        if (number is > 0 and <= StateVersion.HighestCounted && number > Interlocked.Read(ref _highestSetAside))
        {
            Interlocked.Exchange(ref _highestSetAside, number);
        }
    }

    /// <summary>How this balancer stands to a record that it has.</summary>
    public StateStanding StandingOf(StateKey key) =>
        _standings.TryGetValue(key, out var entry) && IsInForce(entry.Record) ? entry.Standing : default;

    /// <summary>Notes how this balancer stands to a record; a newer record begins anew.</summary>
    public void Stand(StateRecord record, StateStanding standing)
    {
        // What has come in its place meanwhile was not looked at.
        if (!IsInForce(record) || StandingOf(record.Key) == standing)
        {
            return;
        }

        _standings[record.Key] = new StateEntry(record, standing);
        SaveLater();
    }

    /// <summary>Saves what has not been, if it can be.</summary>
    public async Task FlushAsync()
    {
        await _turn.WaitAsync();
        try
        {
            if (_saver.IsUnsaved)
            {
                await _saver.SaveIfPossibleAsync(() => Content);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose()
    {
        _turn.Wait();
        if (_saver.IsUnsaved)
        {
            _saver.SaveIfPossible(() => Content);
        }

        _turn.Dispose();
        _saver.Dispose();
    }

    private bool IsInForce(StateRecord record) => _records.Find(record.Key) == record;

    // The changes are asked for once it is their turn, and may depend on what is decided by then.
    private async Task<bool?> WriteAsync(Func<IReadOnlyList<StateChange>> changes, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            var written = _records.Decide(changes(), writer, Interlocked.Read(ref _highestSetAside));
            if (written.Count > 0)
            {
                var next = WithoutSpent(_records.Merge(written));
                await _saver.SaveAsync(() => ContentOf(next));
                Apply(next, written);
            }
        }
        finally
        {
            _turn.Release();
        }

        return await ShareAsync(cancellation);
    }

    private StateRecords WithoutSpent(StateRecords records) => Spent?.In(records) is { Count: > 0 } spent
        ? records.Without(spent.Select(record => record.Key), records.Seen)
        : records;

    // A Redis with another floor is an old copy, and may have what was taken back.
    private SeenVersions? FloorOver(SharedState there) => there.Floor.Includes(_records.Floor) ? null : _records.Floor;

    private bool IsFresh(StateRecord record) =>
        record.Version.Writer == writer && record.Version.Number > Interlocked.Read(ref _shared);

    private void SaveLater()
    {
        if (_saver.Note())
        {
            _ = SaveNotedAsync();
        }
    }

    // Many notes of one moment are one write.
    private async Task SaveNotedAsync()
    {
        if (Interlocked.Exchange(ref _isSaving, 1) == 1)
        {
            return;
        }

        await Task.Yield();
        Interlocked.Exchange(ref _isSaving, 0);
        try
        {
            await FlushAsync();
        }
        catch (ObjectDisposedException)
        {
            // Disposed meanwhile, which has saved it.
            _isSaving = 0;
        }
    }

    private void Apply(StateRecords next, List<StateRecord> changed)
    {
        foreach (var (key, entry) in _standings)
        {
            if (next.Find(key) != entry.Record)
            {
                _standings.TryRemove(key, out _);
            }
        }

        _records = next;
        if (changed.Count > 0)
        {
            StateListeners.Notify(Changed, changed, _logger);
        }
    }

    private StateFileContent ContentOf(StateRecords records)
    {
        var current = _records;
        var entries = records.All.Select(record => new StateEntry(
            record, ReferenceEquals(current.Find(record.Key), record) ? StandingOf(record.Key) : default));
        return new StateFileContent([.. entries], [], records.Seen, records.Floor);
    }
}
