using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace WsBalancer.Proxy.State;

/// <summary>
/// Makes the records here and in Redis the same: takes what is newer there, writes what is newer here. Which is newer
/// is decided here alone; Redis only refuses to replace what has changed meanwhile.
/// </summary>
internal sealed class StateExchange(
    RedisLink link,
    StateStore store,
    Peers peers,
    BadRecords bad,
    BalancerName name,
    TimeProvider time,
    ILogger<StateExchange> logger)
    : IDisposable
{
    // Others write at the same moment, once: at the third time something else is going on.
    private const int Attempts = 5;

    // An operator waits for it.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _turn = new(1, 1);

    // What was set aside in Redis and replaced by a record of ours, each with the version of that record.
    private readonly Dictionary<string, (RedisValue Raw, StateVersion Ours)> _replaced = new(StringComparer.Ordinal);
    private int _isHinted;

    private RedisKey Hash => link.Key("state");

    private RedisChannel Changes => link.Channel("changes");

    /// <summary>Listens for others that have changed something.</summary>
    public Task SubscribeAsync() => link.Subscriber.SubscribeAsync(Changes, (_, message) =>
    {
        if (message != name.Instance)
        {
            Hint();
        }
    });

    /// <summary>Tells the others what is new here.</summary>
    /// <returns>Whether they were told; if not, that is made up for later.</returns>
    public async Task<bool?> ShareAsync(CancellationToken cancellation)
    {
        try
        {
            return await ExchangeAsync().WaitAsync(Patience, time, cancellation);
        }
        catch (Exception ex) when (ex is RedisException or TimeoutException or OperationCanceledException)
        {
            StateLog.NotShared(logger, ex.Message);
            return false;
        }
        catch (Exception ex) when (ex is not OutOfMemoryException)
        {
            // What was decided is in force all the same: whoever decided it must not be told otherwise.
            StateLog.StepFailed(logger, "sharing changes", link.Where, ex);
            return false;
        }
    }

    /// <returns>Whether Redis now has everything that is here.</returns>
    /// <exception cref="RedisException">Redis is away, or refuses.</exception>
    public async Task<bool> ExchangeAsync()
    {
        await _turn.WaitAsync();
        try
        {
            // What is said from now on may be missed by this reading, and wants another one.
            Volatile.Write(ref _isHinted, 0);
            for (var attempt = 0; attempt < Attempts; attempt++)
            {
                if (await TryExchangeAsync())
                {
                    return true;
                }
            }

            return false;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task<bool> TryExchangeAsync()
    {
        var there = SharedState.Read(await link.Database.HashGetAllAsync(Hash));
        SetAside(there);
        await store.MergeAsync(there);
        var ours = store.Records;
        var change = there.ChangeTo(ours, IsReplaced);
        if (!change.IsEmpty && !await TryWriteAsync(change, there.RawFloor))
        {
            return false;
        }

        store.MarkShared(ours.Highest);
        if (change.IsEmpty)
        {
            await CompactAsync(ours, there);
        }

        return true;
    }

    // All or nothing: if any of it has changed since it was read, somebody else was quicker, and all is read again.
    private async Task<bool> TryWriteAsync(SharedChange change, RedisValue floor)
    {
        var transaction = link.Database.CreateTransaction();
        foreach (var (record, there) in change.Set)
        {
            RedisValue field = record.Key.ToString();
            transaction.AddCondition(there is null
                ? Condition.HashNotExists(Hash, field)
                : Condition.HashEqual(Hash, field, there.Raw));
            _ = transaction.HashSetAsync(Hash, field, StateJson.Write(record));
        }

        foreach (var (field, there) in change.Removed)
        {
            transaction.AddCondition(Condition.HashEqual(Hash, field, there.Raw));
            _ = transaction.HashDeleteAsync(Hash, field);
        }

        // With another floor, records may be missing there for another reason than before.
        transaction.AddCondition(floor.IsNull
            ? Condition.HashNotExists(Hash, SharedState.FloorField)
            : Condition.HashEqual(Hash, SharedState.FloorField, floor));
        if (change.Floor is not null)
        {
            _ = transaction.HashSetAsync(Hash, SharedState.FloorField, change.Floor.ToString());
        }

        // Whoever writes another one at the same moment adds what is missing at the next.
        if (change.Seen is not null)
        {
            _ = transaction.HashSetAsync(Hash, SharedState.SeenField, change.Seen.ToString());
        }

        if (!await transaction.ExecuteAsync())
        {
            return false;
        }

        foreach (var (record, there) in change.Set.Where(pair => pair.There is { Record: null }))
        {
            _replaced[record.Key.ToString()] = (there!.Raw, record.Version);
        }

        await link.Subscriber.PublishAsync(Changes, name.Instance);
        return true;
    }

    // One balancer does it for all, once every balancer that is heard, and Redis, have the same records. Those that are
    // away learn of it by the floor, which therefore has to be a higher one.
    private async Task CompactAsync(StateRecords ours, SharedState there)
    {
        if (ours.Floor.Includes(ours.Seen) || !peers.AreAgreed(name.Id, ours.Digest)
            || peers.SpentOf(ours) is not { Count: > 0 } spent)
        {
            return;
        }

        var removed = spent.Select(record => record.Key.ToString())
            .Select(field => KeyValuePair.Create(field, there.Fields[field])).ToList();
        if (removed.TrueForAll(field => field.Value.Record is not null)
            && await TryWriteAsync(new SharedChange([], removed, null, ours.Seen), there.RawFloor))
        {
            await store.ForgetAsync(spent, ours.Seen);
        }
    }

    // What is set aside counts as absent, so that a balancer without a record of ours gets it. Once for each version
    // of ours: whoever writes the same again, such as a balancer of a later version, would otherwise be answered for
    // ever.
    private bool IsReplaced(HeardRecord there, StateRecord ours) =>
        !_replaced.TryGetValue(ours.Key.ToString(), out var before) || before != (there.Raw, ours.Version);

    // Many changes of one moment are one reading.
    private void Hint()
    {
        if (Interlocked.Exchange(ref _isHinted, 1) == 0)
        {
            _ = ShareAsync(CancellationToken.None);
        }
    }

    private void SetAside(SharedState there)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (field, raw, mistake) in there.Bad)
        {
            var name = $"Field '{field}' of '{Hash}' in Redis";
            names.Add(name);
            bad.Add(RecordSource.SharedState, name, StateKey.ClusterIn(field), raw.ToString(), mistake);
        }

        foreach (var heard in there.Fields.Values)
        {
            store.CountSetAside(heard.Number);
        }

        bad.Keep(RecordSource.SharedState, names);
    }
}
