using Microsoft.Extensions.Logging;

namespace WsBalancer.Proxy.Hosting;

// Event ids 502 and 503, which were those of moving before other folders had periodic loops.
internal static partial class HostingLog
{
    [LoggerMessage(502, LogLevel.Error, "A step of '{What}' failed; it goes on.")]
    public static partial void StepFailed(ILogger logger, string what, Exception exception);

    [LoggerMessage(503, LogLevel.Debug, "A step of '{What}' failed again: {Why}")]
    public static partial void StepFailedAgain(ILogger logger, string what, string why);
}
