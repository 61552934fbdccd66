using Microsoft.Extensions.Logging;

namespace WsBalancer.Proxy.Moving;

// Event ids 500-599 belong to moving. The next free one is 502.
internal static partial class MovingLog
{
    [LoggerMessage(500, LogLevel.Information,
        "Stopping: not ready any more; after {Delay} no new tunnels, and {Tunnels} open ones close within {Timeout}.")]
    public static partial void Stopping(ILogger logger, TimeSpan delay, int tunnels, TimeSpan timeout);

    [LoggerMessage(501, LogLevel.Information,
        "Emptying unhealthy node '{Node}' of cluster '{Cluster}' stops with the balancer.")]
    public static partial void EmptyingStopped(ILogger logger, string node, string cluster);
}
