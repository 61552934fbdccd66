using Microsoft.Extensions.Logging;

namespace WsBalancer.Proxy.Moving;

// Event ids 500-599 belong to moving. The next free one is 505.
internal static partial class MovingLog
{
    [LoggerMessage(500, LogLevel.Information,
        "Stopping: not ready any more; after {Delay} no new tunnels, and {Tunnels} open ones close within {Timeout}.")]
    public static partial void Stopping(ILogger logger, TimeSpan delay, int tunnels, TimeSpan timeout);

    [LoggerMessage(501, LogLevel.Information, "What is left of '{What}' stays open: the balancer stops.")]
    public static partial void Stopped(ILogger logger, string what);

    [LoggerMessage(502, LogLevel.Error, "A step of '{What}' failed; it goes on.")]
    public static partial void StepFailed(ILogger logger, string what, Exception exception);

    [LoggerMessage(503, LogLevel.Debug, "A step of '{What}' failed again: {Why}")]
    public static partial void StepFailedAgain(ILogger logger, string what, string why);
}
