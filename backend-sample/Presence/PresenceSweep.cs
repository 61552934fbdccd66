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
        var rooms = await redis.SetMembersAsync(PresenceKeys.RoomsOf(id));
        foreach (var batch in rooms.Chunk(Batch))
        {
            await Task.WhenAll(batch.Select(room => RemoveAsync(redis, id, room.ToString())));
        }

        await Task.WhenAll(
            redis.SetRemoveAsync(PresenceKeys.Leases, id), redis.KeyDeleteAsync(PresenceKeys.SweepOf(id)));
    }

    // First the announcement: if this node ends before the removal, another one repeats both.
    private async Task RemoveAsync(IDatabase redis, string id, string room)
    {
        var users = await redis.HashKeysAsync(PresenceKeys.UsersIn(room, id));
        if (users.Length > 0)
        {
            await bus.PublishAsync(
                ChannelName.Room(room), PresenceNotice.Create(users.Select(user => user.ToString())));
        }

        await Task.WhenAll(
            redis.KeyDeleteAsync(PresenceKeys.UsersIn(room, id)),
            redis.SetRemoveAsync(PresenceKeys.LeasesIn(room), id),
            redis.SetRemoveAsync(PresenceKeys.RoomsOf(id), room));
    }
}
