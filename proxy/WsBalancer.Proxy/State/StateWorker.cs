using Microsoft.Extensions.Hosting;

namespace WsBalancer.Proxy.State;

/// <summary>
/// Waits at the start for the first exchange with Redis, and saves unsaved changes at the end. The store has loaded its
/// file before; <c>sharing</c> is null for a balancer that does not share.
/// </summary>
internal sealed class StateWorker(StateStore store, RedisSharing? sharing, TimeProvider time) : IHostedLifecycleService
{
    // The start continues after this time; records that arrive later are merged then.
    private static readonly TimeSpan FirstRoundTimeout = TimeSpan.FromSeconds(2);

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        if (sharing is not null)
        {
            sharing.Start();
            await Task.WhenAny(sharing.FirstRound, Task.Delay(FirstRoundTimeout, time, cancellationToken));
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        if (sharing is not null)
        {
            await sharing.StopAsync();
        }

        await store.FlushAsync();
    }
}
