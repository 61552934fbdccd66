using WsBalancer.BackendSample.Channels;
using WsBalancer.BackendSample.Hosting;
using WsBalancer.BackendSample.Messaging;

namespace WsBalancer.BackendSample.Presence;

/// <summary>Publishes the users of this node: writes their changes to the store, and then announces them.</summary>
internal sealed class PresenceWriter(
    LocalPresence local,
    IPresenceStore store,
    IMessageBus bus,
    PresenceCounts counts,
    TimeProvider time,
    ILogger<PresenceWriter> logger) : BackgroundService
{
    /// <summary>The changes of a user within this time are one.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>The wait after a failure.</summary>
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    /// <summary>The most users that are written at once.</summary>
    private const int Batch = 500;

    private long _failedAt;
    private bool _hasFailed;

    /// <summary>Runs after the sessions have ended: their users are removed without a wait for the lease.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await PublishAsync();
        await store.EndAsync();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => RepeatedWork.RunAsync(
        "publishing presence", PublishIfDueAsync, Interval, time, logger, stoppingToken);

    private Task PublishIfDueAsync() =>
        _hasFailed && time.GetElapsedTime(_failedAt) < RetryInterval ? Task.CompletedTask : PublishAsync();

    private async Task PublishAsync()
    {
        // Until it is known to be no failure, which may also be an exception.
        (_hasFailed, _failedAt) = (true, time.GetTimestamp());
        switch (await store.RenewAsync())
        {
            case StoreState.Away:
                _hasFailed = false;
                return;
            case StoreState.Returned:
                local.Republish(isNews: false);
                break;
            case StoreState.Lapsed:
                local.Republish(isNews: true);
                break;
            default:
                break;
        }

        var isPublished = true;
        while (isPublished && local.Take(Batch) is { Count: > 0 } changes)
        {
            isPublished = await PublishAsync(changes);
        }

        _hasFailed = !isPublished;
    }

    private async Task<bool> PublishAsync(List<RoomChange> changes)
    {
        var isWritten = false;
        try
        {
            isWritten = await store.WriteAsync(changes);
        }
        finally
        {
            if (!isWritten)
            {
                changes.ForEach(change => local.Settle(change, isWritten: false, isAnnounced: false));
            }
        }

        if (!isWritten)
        {
            return false;
        }

        var announced = await Task.WhenAll(changes.Select(AnnounceAsync));
        counts.AddWrites(changes.Sum(change => change.Users.Count));
        foreach (var (change, isAnnounced) in changes.Zip(announced))
        {
            local.Settle(change, isWritten: true, isAnnounced);
        }

        return !announced.Contains(false);
    }

    private async Task<bool> AnnounceAsync(RoomChange change)
    {
        var news = change.Users.Where(user => user.IsNews).Select(user => user.User).ToList();
        return news.Count == 0
            || await bus.PublishAsync(ChannelName.Room(change.Room), PresenceNotice.Create(news))
                is PublishOutcome.Published;
    }
}
