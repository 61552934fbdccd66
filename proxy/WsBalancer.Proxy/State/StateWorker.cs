using Microsoft.Extensions.Hosting;

namespace WsBalancer.Proxy.State;

/// <summary>Has the state ready before anybody is served, and saved after.</summary>
/// <param name="store">Its file is read by now: a start that cannot read it has failed.</param>
/// <param name="sharing">Null for a balancer that shares with nobody.</param>
/// <param name="time">The clock.</param>
internal sealed class StateWorker(StateStore store, RedisSharing? sharing, TimeProvider time) : IHostedLifecycleService
{
    // What is not heard by then is merged later.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        if (sharing is not null)
        {
            sharing.Start();
            await Task.WhenAny(sharing.FirstRound, Task.Delay(Patience, time, cancellationToken));
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
