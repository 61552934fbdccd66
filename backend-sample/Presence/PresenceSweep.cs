using StackExchange.Redis;
using WsBalancer.BackendSample.Channels;
using WsBalancer.BackendSample.Hosting;
using WsBalancer.BackendSample.Messaging;
using WsBalancer.BackendSample.Redis;

namespace WsBalancer.BackendSample.Presence;

/// <summary>
/// Removes the users of nodes whose lease has ended, and announces their end. Every node does so; one of them at a
/// time.
/// </summary>
internal sealed class PresenceSweep(
    RedisLink link, IMessageBus bus, TimeProvider time, ILogger<PresenceSweep> logger) : BackgroundService
{
    /// <summary>The rooms that are removed at once.</summary>
    private const int Batch = 100;

    /// <summary>The most users in one announcement: a bus carries no messages of any length.</summary>
    private const int NoticeUsers = 500;

    /// <summary>How long other nodes leave a sweep to the one that has begun it.</summary>
    private static readonly TimeSpan Claim = TimeSpan.FromSeconds(10);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => RepeatedWork.RunAsync(
        "sweeping presence",
        () => link.TryWriteAsync(SweepAsync),
        PresenceLease.Interval,
        time,
        logger,
        stoppingToken);

    private async Task SweepAsync(IDatabase redis)
    {
        var members = await redis.SetMembersAsync(PresenceKeys.Leases);
        var ids = members.Select(member => member.ToString()).ToList();
        var alive = await Task.WhenAll(ids.Select(id => redis.KeyExistsAsync(PresenceKeys.Lease(id))));
        foreach (var (id, _) in ids.Zip(alive).Where(pair => !pair.Second))
        {
            if (await redis.StringSetAsync(PresenceKeys.SweepOf(id), "", Claim, When.NotExists))
            {
                await RemoveAsync(redis, id);
            }
        }
    }

    private async Task RemoveAsync(IDatabase redis, string id)
    {
        var isRemoved = true;
        var rooms = await redis.SetMembersAsync(PresenceKeys.RoomsOf(id));
        foreach (var batch in rooms.Chunk(Batch))
        {
            var removed = await Task.WhenAll(batch.Select(room => RemoveAsync(redis, id, room.ToString())));
            isRemoved &= !removed.Contains(false);
        }

        await Task.WhenAll(
            isRemoved ? redis.SetRemoveAsync(PresenceKeys.Leases, id) : Task.CompletedTask,
            redis.KeyDeleteAsync(PresenceKeys.SweepOf(id)));
    }

    // First the announcement: if it fails, or this node ends before the removal, the next sweep repeats both.
    private async Task<bool> RemoveAsync(IDatabase redis, string id, string room)
    {
        var users = await redis.HashKeysAsync(PresenceKeys.UsersIn(room, id));
        foreach (var part in users.Chunk(NoticeUsers))
        {
            var notice = PresenceNotice.Create(part.Select(user => user.ToString()));
            if (await bus.PublishAsync(ChannelName.Room(room), notice)
                is PublishOutcome.LocalOnly or PublishOutcome.Unknown)
            {
                return false;
            }
        }

        await Task.WhenAll(
            redis.KeyDeleteAsync(PresenceKeys.UsersIn(room, id)),
            redis.SetRemoveAsync(PresenceKeys.LeasesIn(room), id),
            redis.SetRemoveAsync(PresenceKeys.RoomsOf(id), room));
        return true;
    }
}
