using StackExchange.Redis;
using WsBalancer.BackendSample.Redis;

namespace WsBalancer.BackendSample.Presence;

/// <summary>Publishes the users of this node in Redis, where every node finds them.</summary>
/// <remarks>
/// A failed connection is not an exception. An error that Redis itself returns for a write is one, so that the log has
/// it.
/// </remarks>
internal sealed class RedisPresenceStore(RedisLink link, PresenceLease lease, ILogger<RedisPresenceStore> logger)
    : IPresenceStore
{
    public Task<StoreState> RenewAsync() => TryAsync(lease.RenewAsync, StoreState.Away);

    public Task<bool> WriteAsync(IReadOnlyList<RoomChange> changes) => TryAsync(
        async redis =>
        {
            await Task.WhenAll(changes.SelectMany(change => Write(redis, lease.Id!, change)));
            return true;
        },
        false);

    public async Task<IReadOnlyList<NodePresence>?> ReadAsync(string room, IReadOnlyList<string>? users)
    {
        try
        {
            return await TryAsync<IReadOnlyList<NodePresence>?>(redis => ReadAsync(redis, room, users), null);
        }
        catch (RedisServerException refusal)
        {
            PresenceLog.ReadRefused(logger, room, refusal);
            return null;
        }
    }

    public Task EndAsync() => TryAsync(
        async redis =>
        {
            await lease.EndAsync(redis);
            return true;
        },
        false);

    // In this order, the sweep finds everything that was written.
    private static IEnumerable<Task> Write(IDatabase redis, string id, RoomChange change)
    {
        if (change.MustList)
        {
            yield return redis.SetAddAsync(PresenceKeys.RoomsOf(id), change.Room);
            yield return redis.SetAddAsync(PresenceKeys.LeasesIn(change.Room), id);
        }

        var users = PresenceKeys.UsersIn(change.Room, id);
        var present = change.Users.Where(user => user.Devices > 0);
        if (present.Select(user => new HashEntry(user.User, user.Devices)).ToArray() is { Length: > 0 } entries)
        {
            yield return redis.HashSetAsync(users, entries);
        }

        var absent = change.Users.Where(user => user.Devices == 0);
        if (absent.Select(user => (RedisValue)user.User).ToArray() is { Length: > 0 } fields)
        {
            yield return redis.HashDeleteAsync(users, fields);
        }

        if (change.IsEmpty)
        {
            yield return redis.SetRemoveAsync(PresenceKeys.LeasesIn(change.Room), id);
            yield return redis.SetRemoveAsync(PresenceKeys.RoomsOf(id), change.Room);
        }
    }

    private async Task<IReadOnlyList<NodePresence>?> ReadAsync(
        IDatabase redis, string room, IReadOnlyList<string>? users)
    {
        var members = await redis.SetMembersAsync(PresenceKeys.LeasesIn(room));
        var ids = members.Select(member => member.ToString()).Where(id => id != lease.Id);
        var fields = users?.Select(user => (RedisValue)user).ToArray();
        var nodes = await Task.WhenAll(ids.Select(id => ReadNodeAsync(redis, room, id, fields)));
        return [.. nodes.OfType<NodePresence>()];
    }

    // Null if the lease has ended.
    private static async Task<NodePresence?> ReadNodeAsync(
        IDatabase redis, string room, string id, RedisValue[]? fields)
    {
        var isAlive = redis.KeyExistsAsync(PresenceKeys.Lease(id));
        var key = PresenceKeys.UsersIn(room, id);
        List<UserDevices> users;
        if (fields is null)
        {
            var entries = await redis.HashGetAllAsync(key);
            users = [.. entries.Select(entry => new UserDevices(entry.Name.ToString(), (int)entry.Value))];
        }
        else
        {
            var values = await redis.HashGetAsync(key, fields);
            users = [.. values.Zip(fields).Where(pair => pair.First.HasValue)
                .Select(pair => new UserDevices(pair.Second.ToString(), (int)pair.First))];
        }

        return await isAlive ? new NodePresence(PresenceKeys.NodeOf(id), users) : null;
    }

    private async Task<T> TryAsync<T>(Func<IDatabase, Task<T>> work, T otherwise)
    {
        if (link.IsAway)
        {
            return otherwise;
        }

        try
        {
            return await work(link.Keys);
        }
        catch (Exception failure) when (failure is not RedisServerException)
        {
            PresenceLog.StoreFailed(logger, failure);
            link.NoteFailure(failure);
            return otherwise;
        }
    }
}
