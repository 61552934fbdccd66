using System.Collections.Concurrent;
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
    SpentRecords spentRecords,
    BadRecords bad,
    BalancerName name,
    TimeProvider time,
    ILogger<StateExchange> logger)
    : IDisposable
{
    // Others write at the same moment, once: at the third time something else is going on.
    private const int Attempts = 5;

    // One round trip: Redis refuses if any of the fields is not what it was, and answers with what there is instead.
    // The versions seen are written without that condition: a balancer that has seen more adds them at its next
    // exchange.
    private const string WriteScript = """
        for i = 4, #ARGV, 3 do
          if (redis.call('HGET', KEYS[1], ARGV[i]) or '') ~= ARGV[i + 1] then
            return redis.call('HGETALL', KEYS[1])
          end
        end
        for i = 4, #ARGV, 3 do
          if ARGV[i + 2] == '' then
            redis.call('HDEL', KEYS[1], ARGV[i])
          else
            redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 2])
          end
        end
        if ARGV[3] ~= '' then
          redis.call('HSET', KEYS[1], 'seen', ARGV[3])
        end
        redis.call('PUBLISH', ARGV[1], ARGV[2])
        return false
        """;

    // An operator waits for it.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private volatile SharedState? _known;

    // What was set aside in Redis and replaced by a record of ours, each with the version of that record.
    private readonly ConcurrentDictionary<string, (RedisValue Raw, StateVersion Ours)> _replaced =
        new(StringComparer.Ordinal);

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

    /// <summary>Sends the others what is new here.</summary>
    /// <returns>Whether it was sent; if not, that is made up for later.</returns>
    public Task<bool?> ShareAsync(CancellationToken cancellation) => GuardedAsync(
        _known is { } known ? () => WriteAllAsync(known) : ExchangeAsync, cancellation);

    /// <returns>Whether Redis now has everything that is here.</returns>
    /// <exception cref="RedisException">Redis is away, or refuses.</exception>
    public async Task<bool> ExchangeAsync()
    {
        await _turn.WaitAsync();
        try
        {
            // A notification from now on may be missed by this reading, and requires another one.
            Volatile.Write(ref _isHinted, 0);
            var there = await TakeOverAsync(await link.Database.HashGetAllAsync(Hash));
            var ours = store.Records;
            if (!there.ChangeTo(ours, IsReplaced).IsEmpty)
            {
                return await WriteAllAsync(there);
            }

            store.MarkShared(ours.Highest);
            await CompactAsync(ours, there);
            return true;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task<bool?> GuardedAsync(Func<Task<bool>> exchange, CancellationToken cancellation)
    {
        try
        {
            return await exchange().WaitAsync(Patience, time, cancellation);
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

    // Takes over what is newer in Redis, and notes what there is.
    private async Task<SharedState> TakeOverAsync(HashEntry[] entries)
    {
        var there = SharedState.Read(entries);
        SetAside(there);
        await store.MergeAsync(there);
        _known = there;
        return there;
    }

    // Without a turn of its own: Redis decides which of two writes is first.
    private async Task<bool> WriteAllAsync(SharedState there)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var ours = store.Records;
            var change = there.ChangeTo(ours, IsReplaced);
            if (change.IsEmpty || await TryWriteAsync(change, there) is not { } changed)
            {
                store.MarkShared(ours.Highest);
                return true;
            }

            there = await TakeOverAsync(changed);
        }

        return false;
    }

    // All or nothing: if any of it has changed since it was read, what there is now is returned.
    private async Task<HashEntry[]?> TryWriteAsync(SharedChange change, SharedState there)
    {
        // As a whole each time, since a Redis that was restarted does not know it by its hash.
        var answer = await link.Database.ScriptEvaluateAsync(
            WriteScript, [Hash], ArgumentsOf(change, there), CommandFlags.NoScriptCache);
        if (!answer.IsNull)
        {
            return [.. ((RedisValue[])answer!).Chunk(2).Select(pair => new HashEntry(pair[0], pair[1]))];
        }

        foreach (var (record, before) in change.Set.Where(pair => pair.There is { Record: null }))
        {
            _replaced[record.Key.ToString()] = (before!.Raw, record.Version);
        }

        _known = there.With(change);
        return null;
    }

    // After the first three: of each field its name, its value as it was read, and its new value (empty removes it).
    private RedisValue[] ArgumentsOf(SharedChange change, SharedState there)
    {
        List<RedisValue> arguments = [Changes.ToString(), name.Instance, change.Seen?.ToString() ?? ""];
        foreach (var (record, before) in change.Set)
        {
            arguments.AddRange(
                [record.Key.ToString(), before?.Raw ?? RedisValue.EmptyString, StateJson.Write(record)]);
        }

        foreach (var (field, before) in change.Removed)
        {
            arguments.AddRange([field, before.Raw, RedisValue.EmptyString]);
        }

        // Under another floor, a record may be missing there for another reason than before.
        var floor = there.RawFloor.IsNull ? RedisValue.EmptyString : there.RawFloor;
        arguments.AddRange([SharedState.FloorField, floor, change.Floor?.ToString() ?? floor]);
        return [.. arguments];
    }

    // One balancer compacts for all, once every balancer that is connected, and Redis, have the same records. The
    // others notice it by the floor, which therefore must rise.
    private async Task CompactAsync(StateRecords ours, SharedState there)
    {
        if (ours.Floor.Includes(ours.Seen) || !peers.AreAgreed(name.Id, ours.Digest)
            || spentRecords.In(ours) is not { Count: > 0 } spent)
        {
            return;
        }

        var removed = spent.Select(record => record.Key.ToString())
            .Select(field => KeyValuePair.Create(field, there.Fields[field])).ToList();
        if (removed.TrueForAll(field => field.Value.Record is not null)
            && await TryWriteAsync(new SharedChange([], removed, null, ours.Seen), there) is null)
        {
            await store.ForgetAsync(spent, ours.Seen);
        }
    }

    // A value that is set aside counts as absent, and is replaced by the record of this balancer. Once for each version
    // of that record: a balancer of a later version may write its value again, and the two would take turns forever.
    private bool IsReplaced(HeardRecord there, StateRecord ours) =>
        !_replaced.TryGetValue(ours.Key.ToString(), out var before) || before != (there.Raw, ours.Version);

    // Many changes of one moment are one reading.
    private void Hint()
    {
        if (Interlocked.Exchange(ref _isHinted, 1) == 0)
        {
            _ = GuardedAsync(ExchangeAsync, CancellationToken.None);
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
