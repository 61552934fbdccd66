using Microsoft.Extensions.Logging;

namespace WsBalancer.Proxy.Closing;

// Event ids 500-599 belong to operations that close tunnels. The next free one is 511.
internal static partial class OperationLog
{
    [LoggerMessage(500, LogLevel.Information,
        "Stopping: not ready any more. After {Delay} new tunnels are refused, and {Tunnels} open ones are closed, " +
        "spread over {Timeout}.")]
    public static partial void Stopping(ILogger logger, string delay, int tunnels, string timeout);

    [LoggerMessage(509, LogLevel.Information, "Stopping: {Remaining} of {Total} tunnels are still open.")]
    public static partial void StillOpen(ILogger logger, int remaining, int total);

    [LoggerMessage(EventId = 510, Message = "All {Total} tunnels are closed; {Cut} of them were aborted.")]
    public static partial void AllClosed(ILogger logger, LogLevel level, int total, int cut);

    [LoggerMessage(501, LogLevel.Information, "The remaining tunnels of '{What}' stay open: the balancer stops.")]
    public static partial void Stopped(ILogger logger, string what);

    [LoggerMessage(504, LogLevel.Information, "Cluster '{Cluster}': {What}.")]
    public static partial void Happened(ILogger logger, string cluster, string what);

    [LoggerMessage(505, LogLevel.Debug, "The drain of '{Node}' of cluster '{Cluster}' has closed its last tunnel.")]
    public static partial void Ended(ILogger logger, string node, string cluster);

    [LoggerMessage(506, LogLevel.Warning, "Balancers disagree on cluster '{Cluster}': {Reason}.")]
    public static partial void Disputed(ILogger logger, string cluster, string reason);

    [LoggerMessage(507, LogLevel.Debug, "The rebalance of cluster '{Cluster}' has closed its last tunnel here.")]
    public static partial void RebalanceEnded(ILogger logger, string cluster);

    [LoggerMessage(508, LogLevel.Error,
        "The rebalance of cluster '{Cluster}' has ended, but its end cannot be stored; the write is retried.")]
    public static partial void EndNotWritten(ILogger logger, string cluster, Exception exception);
}
