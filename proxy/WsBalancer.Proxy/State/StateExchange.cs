using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace WsBalancer.Proxy.State;

/// <summary>
/// Synchronizes the records here and in Redis: merges the newer ones from Redis, and writes the newer ones to Redis.
/// Only balancers decide which record is newer; Redis only refuses to replace a value that has changed since it was
/// read.
/// </summary>
internal sealed class StateExchange(
    RedisLink link,
    StateStore store,
    PeerReports peers,
    ForgettableRecords forgettable,
    BadRecords bad,
    BalancerName name,
    TimeProvider time,
    ILogger<StateExchange> logger)
    : IStateSharing, IDisposable
{
    // Concurrent writes of other balancers cause one or two refusals; more refusals have another cause.
    private const int Attempts = 5;

    // One round trip: the script refuses if any of the fields has changed since it was read, and returns the current
    // content. The field of the versions seen is not compared: a balancer that has seen more adds them at its next
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

    // An operator waits for the exchange.
    private static readonly TimeSpan ExchangeTimeout = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _lock = new(1, 1);
    private volatile SharedState? _known;

    // Values in Redis that were set aside and replaced by a record of ours, each with the version of that record.
    private readonly ConcurrentDictionary<string, (RedisValue Raw, StateVersion Ours)> _replaced =
        new(StringComparer.Ordinal);

    private int _isHinted;

    private RedisKey Hash => link.Key("state");

    private RedisChannel Changes => link.Channel("changes");

    /// <summary>Subscribes to the notifications of balancers that have changed something.</summary>
    public Task SubscribeAsync() => link.Subscriber.SubscribeAsync(Changes, (_, message) =>
    {
        if (message != name.Instance)
        {
            Hint();
        }
    });

    /// <summary>Writes the new records to Redis, which notifies the other balancers.</summary>
    /// <returns>Whether the records were written; if not, a later exchange writes them.</returns>
    public Task<bool> ShareAsync(CancellationToken cancellation) => GuardedAsync(
        _known is { } known ? () => WriteAllAsync(known) : ExchangeAsync, cancellation);

    /// <returns>Whether Redis now has every record of this balancer.</returns>
    /// <exception cref="RedisException">Redis is not available, or refuses a command.</exception>
    public async Task<bool> ExchangeAsync()
    {
        await _lock.WaitAsync();
        try
        {
            // A notification after this line may be about a change that this read misses, and requires another read.
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
            _lock.Release();
        }
    }

    public void Dispose() => _lock.Dispose();

    private async Task<bool> GuardedAsync(Func<Task<bool>> exchange, CancellationToken cancellation)
    {
        try
        {
            return await exchange().WaitAsync(ExchangeTimeout, time, cancellation);
        }
        catch (Exception ex) when (ex is RedisException or TimeoutException or OperationCanceledException)
        {
            StateLog.NotShared(logger, ex.Message);
            return false;
        }
        catch (Exception ex) when (ex is not OutOfMemoryException)
        {
            // The decision is in effect in any case: its operator must not receive a failure.
            StateLog.StepFailed(logger, "sharing changes", link.Where, ex);
            return false;
        }
    }

    // Merges the newer records from Redis, and stores the state that was read.
    private async Task<SharedState> TakeOverAsync(HashEntry[] entries)
    {
        var there = SharedState.Read(entries);
        SetAside(there);
        await store.MergeAsync(there);
        _known = there;
        return there;
    }

    // No lock is needed: of two concurrent writes, Redis refuses the second.
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

    // All or nothing: returns the current content if any field has changed since it was read; otherwise null.
    private async Task<HashEntry[]?> TryWriteAsync(SharedChange change, SharedState there)
    {
        // Before the write: a concurrent exchange may read the same value again before the reply is received.
        var replaced = ReplacedBy(change);
        replaced.ForEach(value => _replaced[value.Key] = value.Value);
        var isWritten = false;
        try
        {
            // The whole script is sent each time, since a restarted Redis no longer has the script of a hash.
            var answer = await link.Database.ScriptEvaluateAsync(
                WriteScript, [Hash], ArgumentsOf(change, there), CommandFlags.NoScriptCache);
            if (!answer.IsNull && (RedisValue[]?)answer is { } current)
            {
                return [.. current.Chunk(2).Select(pair => new HashEntry(pair[0], pair[1]))];
            }

            isWritten = true;
            _known = there.With(change);
            return null;
        }
        finally
        {
            if (!isWritten)
            {
                replaced.ForEach(value => _replaced.TryRemove(value));
            }
        }
    }

    private static List<KeyValuePair<string, (RedisValue Raw, StateVersion Ours)>> ReplacedBy(SharedChange change) =>
    [
        .. from set in change.Set
           where set.There is { Record: null }
           select KeyValuePair.Create(set.Record.Key.ToString(), (set.There.Raw, set.Record.Version)),
    ];

    // The arguments after the first three are, for each field: its name, its value as it was read, and its new value
    // (empty removes the field).
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

        // The floor must not have changed either: with a higher floor, a record may be missing because it was taken
        // back and forgotten.
        var floor = there.RawFloor.IsNull ? RedisValue.EmptyString : there.RawFloor;
        arguments.AddRange([SharedState.FloorField, floor, change.Floor?.ToString() ?? floor]);
        return [.. arguments];
    }

    // One balancer compacts for all, once every connected balancer and Redis have the same records. The other balancers
    // detect the compaction by the floor, which therefore must rise.
    private async Task CompactAsync(StateRecords ours, SharedState there)
    {
        if (ours.Floor.Includes(ours.Seen) || !peers.AreAgreed(name.Id, ours.Digest)
            || forgettable.In(ours) is not { Count: > 0 } records)
        {
            return;
        }

        var removed = records.Select(record => record.Key.ToString())
            .Select(field => KeyValuePair.Create(field, there.Fields[field])).ToList();
        if (removed.TrueForAll(field => field.Value.Record is not null)
            && await TryWriteAsync(new SharedChange([], removed, null, ours.Seen), there) is null)
        {
            await store.ForgetAsync(records, ours.Seen);
        }
    }

    // A value that is set aside counts as absent, and is replaced by the record of this balancer, but only once for
    // each version of that record: a balancer of a later version may write its value again, and the two would replace
    // each other forever.
    private bool IsReplaced(RemoteRecord there, StateRecord ours) =>
        !_replaced.TryGetValue(ours.Key.ToString(), out var before) || before != (there.Raw, ours.Version);

    // Coalesced: all notifications before a read begins cause one read.
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

        foreach (var remote in there.Fields.Values)
        {
            store.CountSetAside(remote.Number);
        }

        bad.Keep(RecordSource.SharedState, names);
    }
}
