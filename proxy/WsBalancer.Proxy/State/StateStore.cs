using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace WsBalancer.Proxy.State;

/// <summary>
/// Every runtime decision that this balancer has. Operators here and other balancers make all changes through the
/// store. Thread-safe; reads never wait.
/// </summary>
/// <param name="writer">The id of this balancer.</param>
/// <param name="file">Stores the records, and is disposed of with the store; null for memory only.</param>
/// <param name="logger">For failures of work that no caller waits for.</param>
/// <param name="sharing">Sends new records to the other balancers after each write. Lazy, because the implementation
/// needs the store. Null if this balancer does not share.</param>
internal sealed class StateStore(
    string writer,
    StateFile? file = null,
    ILogger<StateStore>? logger = null,
    Lazy<IStateSharing>? sharing = null)
    : IDisposable
{
    private readonly ConcurrentDictionary<StateKey, StateEntry> _statuses = new();
    private readonly ILogger _logger = logger ?? (ILogger)NullLogger.Instance;
    private readonly StateSaver _saver = new(file, logger ?? (ILogger)NullLogger.Instance);

    // Held while records change: from before the file is written until Changed has returned.
    private readonly SemaphoreSlim _lock = new(1, 1);
    private volatile StateRecords _records = StateRecords.Empty;
    private int _isSaving;
    private long _highestSetAside;
    private long _shared;

    /// <summary>
    /// Raised after records changed, here or at another balancer, with the changed records; one change at a time. A
    /// listener may begin another change, but must not wait for it.
    /// </summary>
    public event Action<IReadOnlyList<StateRecord>>? Changed;

    /// <summary>
    /// Finds the records that this balancer may forget alone. Set if no other balancer shares the records.
    /// </summary>
    public ForgettableRecords? Forgettable { get; init; }

    /// <summary>Every record, including those that take a decision back.</summary>
    public StateRecords Records => _records;

    /// <summary>Whether a change is not in the file yet.</summary>
    public bool IsUnsaved => _saver.IsUnsaved;

    /// <summary>The content of the state file.</summary>
    public StateFileContent Content => ContentOf(_records);

    /// <summary>Loads the content of the file. Called at the start, before any other method.</summary>
    /// <exception cref="StateFileException">The file exists, and cannot be read.</exception>
    public StateStore Load() => Restore(_saver.Load());

    /// <summary>Merges the content of a state file.</summary>
    public StateStore Restore(StateFileContent content)
    {
        _records = _records.Merge(content.Entries.Select(entry => entry.Record))
            .WithSeen(content.Seen).Without([], content.Floor);
        MarkShared(_records.Highest);
        foreach (var entry in content.Damaged)
        {
            CountSetAside(entry.Number);
        }

        foreach (var entry in content.Entries)
        {
            _statuses[entry.Record.Key] = entry;
        }

        return this;
    }

    /// <summary>The records of a cluster; tombstones are not among them.</summary>
    public IReadOnlyList<StateRecord> Of(string cluster) =>
        [.. _records.All.Where(record => record.Value is not null
            && string.Equals(record.Key.Cluster, cluster, StringComparison.OrdinalIgnoreCase))];

    /// <summary>The decision for a key; null if there is none, or if it was taken back.</summary>
    public StateValue? Find(StateKey key) => _records.Find(key)?.Value;

    /// <summary>Makes decisions. They are saved before they take effect.</summary>
    /// <returns>Whether the other balancers were notified; null if this balancer does not share.</returns>
    /// <exception cref="StateFileException">The decisions cannot be saved, and nothing has changed.</exception>
    /// <exception cref="RecordRefusedException">A record is out of its bounds, and nothing has changed.</exception>
    public Task<bool?> WriteAsync(IReadOnlyList<StateChange> changes, CancellationToken cancellation) =>
        WriteAsync(() => changes, cancellation);

    /// <summary>Takes records back, except those that have been superseded.</summary>
    /// <returns>As for <see cref="WriteAsync(IReadOnlyList{StateChange}, CancellationToken)"/>.</returns>
    /// <exception cref="StateFileException">The decisions cannot be saved, and nothing has changed.</exception>
    /// <exception cref="RecordRefusedException">A record is out of its bounds, and nothing has changed.</exception>
    public Task<bool?> TakeBackAsync(IReadOnlyList<StateRecord> records, CancellationToken cancellation) => WriteAsync(
        () => [.. records.Where(IsInForce).Select(record => new StateChange(record.Key, null))], cancellation);

    /// <summary>Merges the decisions of other balancers: of each key, the newest record wins.</summary>
    public async Task MergeAsync(SharedState there)
    {
        // The usual case: nothing has changed since the read one second before.
        if (!_records.NewerOf(there.Records, FloorOver(there)).Any() && _records.Seen.Includes(there.Seen)
            && _records.Floor.Includes(there.Floor) && !_saver.IsUnsaved)
        {
            return;
        }

        await _lock.WaitAsync();
        try
        {
            var (raised, removed) = _records.Floor.Includes(there.Floor)
                ? (_records, [])
                : _records.RaiseFloor(there.Floor, there.Has, IsFresh, writer);
            var next = raised.Merge(there.Records, FloorOver(there)).WithSeen(there.Seen);
            removed.RemoveAll(record => next.Find(record.Key) is not null);
            await _saver.SaveIfPossibleAsync(() => ContentOf(next));
            removed.ForEach(record => StateLog.TakenBackByOthers(_logger, record.Key.ToString()));
            Apply(next, [.. next.NewSince(_records), .. removed]);
        }
        finally
        {
            _lock.Release();
        }
    }

    /// <summary>
    /// Forgets records that every balancer had, and that have been removed from Redis. Newer records of their keys
    /// stay.
    /// </summary>
    public async Task ForgetAsync(IReadOnlyList<StateRecord> records, SeenVersions floor)
    {
        await _lock.WaitAsync();
        try
        {
            var next = _records.Without(records.Where(IsInForce).Select(record => record.Key), floor);
            await _saver.SaveIfPossibleAsync(() => ContentOf(next));
            Apply(next, []);
        }
        finally
        {
            _lock.Release();
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

    /// <summary>The status of a record at this balancer.</summary>
    public StateStatus StatusOf(StateKey key) =>
        _statuses.TryGetValue(key, out var entry) && IsInForce(entry.Record) ? entry.Status : default;

    /// <summary>Sets the status of a record; a newer record starts without one.</summary>
    public void SetStatus(StateRecord record, StateStatus status)
    {
        // A superseded record: the status does not apply to the record in its place.
        if (!IsInForce(record) || StatusOf(record.Key) == status)
        {
            return;
        }

        _statuses[record.Key] = new StateEntry(record, status);
        SaveLater();
    }

    /// <summary>Saves unsaved changes, if that is possible.</summary>
    public async Task FlushAsync()
    {
        await _lock.WaitAsync();
        try
        {
            if (_saver.IsUnsaved)
            {
                await _saver.SaveIfPossibleAsync(() => Content);
            }
        }
        finally
        {
            _lock.Release();
        }
    }

    public void Dispose()
    {
        _lock.Wait();
        if (_saver.IsUnsaved)
        {
            _saver.SaveIfPossible(() => Content);
        }

        _lock.Dispose();
        _saver.Dispose();
    }

    private bool IsInForce(StateRecord record) => _records.Find(record.Key) == record;

    // The delegate is called under the lock, because the changes may depend on the decisions before them.
    private async Task<bool?> WriteAsync(Func<IReadOnlyList<StateChange>> changes, CancellationToken cancellation)
    {
        await _lock.WaitAsync(cancellation);
        try
        {
            var written = _records.Decide(changes(), writer, Interlocked.Read(ref _highestSetAside));
            if (written.Count > 0)
            {
                var next = WithoutForgettable(_records.Merge(written));
                await _saver.SaveAsync(() => ContentOf(next));
                Apply(next, written);
            }
        }
        finally
        {
            _lock.Release();
        }

        return sharing is null ? null : await sharing.Value.ShareAsync(cancellation);
    }

    private StateRecords WithoutForgettable(StateRecords records) => Forgettable?.In(records) is { Count: > 0 } unneeded
        ? records.Without(unneeded.Select(record => record.Key), records.Seen)
        : records;

    // A Redis that lacks our floor is an old copy, and may contain records that were taken back.
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

    // Coalesced: all changes noted before the save begins are in one save.
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
            // Dispose has saved the change.
            _isSaving = 0;
        }
    }

    private void Apply(StateRecords next, List<StateRecord> changed)
    {
        foreach (var (key, entry) in _statuses)
        {
            if (next.Find(key) != entry.Record)
            {
                _statuses.TryRemove(key, out _);
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
            record, ReferenceEquals(current.Find(record.Key), record) ? StatusOf(record.Key) : default));
        return new StateFileContent([.. entries], [], records.Seen, records.Floor);
    }
}
