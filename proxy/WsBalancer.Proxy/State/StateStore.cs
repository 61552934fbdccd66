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

    // Held by whoever changes records, from before the file is written until Changed has returned.
    private readonly SemaphoreSlim _turn = new(1, 1);
    private volatile StateRecords _records = StateRecords.Empty;
    private int _isSaving;
    private volatile bool _isUnsaved;
    private long _highestSetAside;
    private bool _isFailing;

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

    /// <summary>Every record, those that took something back among them.</summary>
    public StateRecords Records => _records;

    /// <summary>Takes over what the file keeps. At the start, before anything else.</summary>
    /// <exception cref="StateFileException">It is there, and cannot be read.</exception>
    public StateStore Load()
    {
        var (entries, damaged) = file?.Load() ?? new StateFileContent([], []);
        _records = _records.Merge(entries.Select(entry => entry.Record));
        foreach (var entry in damaged)
        {
            CountSetAside(entry.Number);
        }

        foreach (var entry in entries)
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
    public async Task MergeAsync(IReadOnlyList<StateRecord> records)
    {
        // Nearly always: the same is read again each second.
        if (!_records.NewerOf(records).Any() && !_isUnsaved)
        {
            return;
        }

        await _turn.WaitAsync();
        try
        {
            var next = _records.Merge(records);
            var newer = next.NewSince(_records);
            await SaveIfPossibleAsync(next);
            if (newer.Count > 0)
            {
                Apply(next, newer);
            }
        }
        finally
        {
            _turn.Release();
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
        if (file is not null)
        {
            _isUnsaved = true;
            _ = SaveStandingsAsync();
        }
    }

    /// <summary>Saves what has not been, if it can be.</summary>
    public async Task FlushAsync()
    {
        await _turn.WaitAsync();
        try
        {
            if (_isUnsaved)
            {
                await SaveIfPossibleAsync(_records);
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
        if (_isUnsaved)
        {
            TrySave(_records);
        }

        _turn.Dispose();
        file?.Dispose();
    }

    private bool IsInForce(StateRecord record) => _records.Find(record.Key) == record;

    // The changes are asked for once it is their turn, and may depend on what is decided by then.
    private async Task<bool?> WriteAsync(Func<IReadOnlyList<StateChange>> changes, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            var written = RecordsOf(changes());
            if (written.Count > 0)
            {
                var next = _records.Merge(written);
                await SaveAsync(next);
                Apply(next, written);
            }
        }
        finally
        {
            _turn.Release();
        }

        return await ShareAsync(cancellation);
    }

    private List<StateRecord> RecordsOf(IReadOnlyList<StateChange> changes)
    {
        var highest = Math.Max(_records.Highest, Interlocked.Read(ref _highestSetAside));
        foreach (var change in changes)
        {
            highest = Math.Max(highest, _records.Find(change.Key)?.Version.Number ?? 0);
        }

        var written = changes
            .GroupBy(change => change.Key)
            .Select(group => new StateRecord(group.Key, new StateVersion(highest + 1, writer), group.Last().Value))
            .ToList();
        written.ForEach(RecordRefusedException.ThrowIfBad);
        return written;
    }

    // Many notes of one moment are one write.
    private async Task SaveStandingsAsync()
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

    private void Apply(StateRecords next, IReadOnlyList<StateRecord> changed)
    {
        foreach (var record in changed)
        {
            _standings.TryRemove(record.Key, out _);
        }

        _records = next;
        foreach (var heard in Delegate.EnumerateInvocationList(Changed))
        {
            try
            {
                heard(changed);
            }
            catch (Exception ex) when (ex is not OutOfMemoryException)
            {
                // What is decided is decided: the other listeners, and the other balancers, must hear of it.
                StateLog.ListenerFailed(_logger, ex);
            }
        }
    }

    private Task SaveAsync(StateRecords records) =>
        file is null ? Task.CompletedTask : Task.Run(() => Save(records));

    private Task SaveIfPossibleAsync(StateRecords records) =>
        file is null ? Task.CompletedTask : Task.Run(() => TrySave(records));

    private void TrySave(StateRecords records)
    {
        try
        {
            Save(records);
            _isFailing = false;
        }
        catch (StateFileException ex)
        {
            _isUnsaved = true;
            if (!_isFailing)
            {
                _isFailing = true;
                StateLog.NotSaved(_logger, ex.Message);
            }
        }
    }

    private void Save(StateRecords records)
    {
        // Before the standings are read: one that is noted meanwhile is saved once more.
        var current = _records;
        _isUnsaved = false;
        try
        {
            file!.Save(records.All.Select(record => new StateEntry(
                record,
                ReferenceEquals(current.Find(record.Key), record) ? StandingOf(record.Key) : default)));
        }
        catch (StateFileException)
        {
            _isUnsaved = true;
            throw;
        }
    }
}

/// <summary>One decision: a value for a key, or null to take it back.</summary>
internal readonly record struct StateChange(StateKey Key, StateValue? Value);
