using WsBalancer.BackendSample.Hosting;

namespace WsBalancer.BackendSample.Sessions;

/// <summary>Closes the sessions of clients that send nothing for <c>--idle-timeout</c>.</summary>
internal sealed class IdleSessions(
    NodeOptions options, SessionRegistry sessions, TimeProvider time, ILogger<IdleSessions> logger)
    : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => sessions.Idle is { } wheel
        ? RepeatedWork.RunAsync(
            $"closing clients that are idle for {options.IdleTimeout}", () => CloseAsync(wheel), wheel.Interval, time,
            logger, stoppingToken)
        : Task.CompletedTask;

    private static Task CloseAsync(IdleWheel wheel)
    {
        foreach (var session in wheel.Turn())
        {
            session.Close(SessionClose.Idle);
        }

        return Task.CompletedTask;
    }
}
