using StackExchange.Redis;
using WsBalancer.BackendSample.Channels;
using WsBalancer.BackendSample.Redis;

namespace WsBalancer.BackendSample.Presence;

/// <summary>
/// The lease of this node in Redis: when it ends, the users that the node has written do not count any more.
/// </summary>
/// <remarks>
/// A lease that has ended never begins again: the node continues with a new one, so that the removal of the old users
/// cannot remove the new ones.
/// </remarks>
internal sealed class PresenceLease(RedisLink link, NodeOptions node, TimeProvider time)
{
    public static readonly TimeSpan Duration = TimeSpan.FromSeconds(15);

    /// <summary>Much shorter than the lease, so that a failed renewal can be repeated.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private volatile string? _id;
    private long _renewedAt;
    private int _absences;

    /// <summary>The id of the lease; null before the first one.</summary>
    public string? Id => _id;

    /// <summary>Renews the lease if that is due, or begins a new one.</summary>
    public async Task<StoreState> RenewAsync(IDatabase redis)
    {
        var absences = link.Absences;
        var hasReturned = absences != _absences;
        if (_id is not null && !hasReturned && time.GetElapsedTime(_renewedAt) < Interval)
        {
            return StoreState.Ready;
        }

        var renewedAt = time.GetTimestamp();
        var isAlive = _id is { } id && await redis.KeyExpireAsync(PresenceKeys.Lease(id), Duration);
        if (!isAlive)
        {
            await BeginAsync(redis);
        }

        (_renewedAt, _absences) = (renewedAt, absences);
        return !isAlive ? StoreState.Lapsed : hasReturned ? StoreState.Returned : StoreState.Ready;
    }

    /// <summary>Ends the lease.</summary>
    public Task EndAsync(IDatabase redis) =>
        _id is { } id ? redis.KeyDeleteAsync(PresenceKeys.Lease(id)) : Task.CompletedTask;

    private async Task BeginAsync(IDatabase redis)
    {
        if (_id is null)
        {
            await EndFormerAsync(redis);
        }

        // First the lease: an id without one is swept. The former id is added again, so that anything that was written
        // after its sweep is swept too.
        var id = $"{node.Name}:{Epoch.Create()}";
        await redis.StringSetAsync(PresenceKeys.Lease(id), "", Duration);
        await redis.SetAddAsync(PresenceKeys.Leases, _id is { } former ? [id, former] : [id]);
        _id = id;
    }

    // A process with this name was killed, otherwise it would have removed its lease. If one still runs, by mistake,
    // then it begins a new lease.
    private async Task EndFormerAsync(IDatabase redis)
    {
        var leases = await redis.SetMembersAsync(PresenceKeys.Leases);
        var former = leases.Select(lease => lease.ToString()).Where(id => PresenceKeys.NodeOf(id) == node.Name);
        await Task.WhenAll(former.Select(id => redis.KeyDeleteAsync(PresenceKeys.Lease(id))));
    }
}
