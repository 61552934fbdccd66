using Microsoft.Extensions.Logging;

namespace WsBalancer.Proxy.Placement;

// Event ids 480-489 belong to rejections. The next free one is 482.
internal static partial class RejectionMessages
{
    [LoggerMessage(
        EventId = 480,
        Message = "Rejected: status={Status} reason={Reason} cluster={Cluster} node={Node} attempt={Attempt} "
        + "suppressed={Suppressed}")]
    public static partial void Rejected(
        ILogger logger,
        LogLevel level,
        int status,
        string reason,
        string cluster,
        string node,
        int attempt,
        long suppressed,
        Exception? exception);

    [LoggerMessage(EventId = 481, Message = "Rejected: {Suppressed} more with reason={Reason} in the last second")]
    public static partial void Suppressed(ILogger logger, LogLevel level, long suppressed, string reason);
}
