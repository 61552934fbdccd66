namespace WsBalancer.BackendSample.Sessions;

/// <summary>Closes every session before the host stops. New requests then receive a 503 response.</summary>
internal sealed class SessionShutdown(SessionRegistry sessions, SessionDrain drain, ILogger<SessionShutdown> logger)
    : IHostedLifecycleService
{
    /// <summary>Runs while the listeners are still open; the host closes them afterwards.</summary>
    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        SessionLog.Leaving(logger, sessions.Count);
        return drain.RunAsync(cancellationToken);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
