using Microsoft.Extensions.Logging;

namespace WsBalancer.Proxy.Hosting;

// Event ids 502 and 503 are from the range of Moving, which contained the periodic loop before other folders used it.
internal static partial class HostingLog
{
    [LoggerMessage(502, LogLevel.Error, "A step of '{What}' failed; the loop continues.")]
    public static partial void StepFailed(ILogger logger, string what, Exception exception);

    [LoggerMessage(503, LogLevel.Debug, "A step of '{What}' failed again: {Why}")]
    public static partial void StepFailedAgain(ILogger logger, string what, string why);
}
