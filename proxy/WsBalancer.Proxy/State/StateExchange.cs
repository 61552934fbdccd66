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
    BadRecords bad,
    BalancerName name,
    TimeProvider time,
    ILogger<StateExchange> logger)
    : IDisposable
{
    // Others write at the same moment, once: at the third time something else is going on.
    private const int Attempts = 5;

    // One round trip: Redis refuses if any of the fields is not what it was, and answers with what there is instead.
    private const string WriteScript = """
        for i = 3, #ARGV, 3 do
          if (redis.call('HGET', KEYS[1], ARGV[i]) or '') ~= ARGV[i + 1] then
            return redis.call('HGETALL', KEYS[1])
          end
        end
        for i = 3, #ARGV, 3 do
          redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 2])
        end
        redis.call('PUBLISH', ARGV[1], ARGV[2])
        return false
        """;

    // An operator waits for it.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private volatile IReadOnlyDictionary<string, HeardRecord>? _known;

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
            // What is said from now on may be missed by this reading, and wants another one.
            Volatile.Write(ref _isHinted, 0);
            var there = await link.Database.HashGetAllAsync(Hash);
            return await WriteAllAsync(await TakeOverAsync(there));
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
    private async Task<IReadOnlyDictionary<string, HeardRecord>> TakeOverAsync(HashEntry[] entries)
    {
        var there = entries.ToDictionary(
            entry => entry.Name.ToString(),
            entry => HeardRecord.Read(entry.Name.ToString(), entry.Value));
        SetAside(there);
        await store.MergeAsync([.. there.Values.Select(heard => heard.Record).OfType<StateRecord>()]);
        _known = there;
        return there;
    }

    // Without a turn of its own: Redis decides who was quicker.
    private async Task<bool> WriteAllAsync(IReadOnlyDictionary<string, HeardRecord> there)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var ours = store.Records.All
                .Select(record => (Record: record, There: there.GetValueOrDefault(record.Key.ToString())))
                .Where(pair => pair.There is null || IsReplaced(pair.There, pair.Record))
                .ToList();
            if (ours.Count == 0 || await TryWriteAsync(ours) is not { } changed)
            {
                return true;
            }

            there = await TakeOverAsync(changed);
        }

        return false;
    }

    // All or nothing: if any of it has changed since it was read, somebody else was quicker, and what there is now is
    // returned.
    private async Task<HashEntry[]?> TryWriteAsync(List<(StateRecord Record, HeardRecord? There)> ours)
    {
        var written = ours.ToDictionary(
            pair => pair.Record.Key.ToString(), pair => (RedisValue)StateJson.Write(pair.Record));
        List<RedisValue> arguments = [Changes.ToString(), name.Instance];
        foreach (var (record, there) in ours)
        {
            var field = record.Key.ToString();
            arguments.AddRange([field, there?.Raw ?? RedisValue.EmptyString, written[field]]);
        }

        // As a whole each time, since a Redis that was restarted does not know it by its hash.
        var answer = await link.Database.ScriptEvaluateAsync(
            WriteScript, [Hash], [.. arguments], CommandFlags.NoScriptCache);
        if (!answer.IsNull)
        {
            return [.. ((RedisValue[])answer!).Chunk(2).Select(pair => new HashEntry(pair[0], pair[1]))];
        }

        var known = new Dictionary<string, HeardRecord>(_known ?? new Dictionary<string, HeardRecord>());
        foreach (var (record, before) in ours)
        {
            var field = record.Key.ToString();
            known[field] = HeardRecord.Read(field, written[field]);
            if (before is { Record: null })
            {
                _replaced[field] = (before.Raw, record.Version);
            }
        }

        _known = known;
        return null;
    }

    // What is set aside counts as absent, so that a balancer without a record of ours gets it. Once for each version
    // of ours: whoever writes the same again, such as a balancer of a later version, would otherwise be answered for
    // ever.
    private bool IsReplaced(HeardRecord there, StateRecord ours) => there.Record is { } record
        ? ours.IsNewerThan(record)
        : !_replaced.TryGetValue(ours.Key.ToString(), out var before) || before != (there.Raw, ours.Version);

    // Many changes of one moment are one reading.
    private void Hint()
    {
        if (Interlocked.Exchange(ref _isHinted, 1) == 0)
        {
            _ = GuardedAsync(ExchangeAsync, CancellationToken.None);
        }
    }

    private void SetAside(Dictionary<string, HeardRecord> there)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (field, heard) in there.Where(pair => pair.Value.Mistake is not null))
        {
            var name = $"Field '{field}' of '{Hash}' in Redis";
            names.Add(name);
            bad.Add(RecordSource.SharedState, name, StateKey.ClusterIn(field), heard.Raw.ToString(), heard.Mistake!);
            store.CountSetAside(heard.Number);
        }

        bad.Keep(RecordSource.SharedState, names);
    }
}
