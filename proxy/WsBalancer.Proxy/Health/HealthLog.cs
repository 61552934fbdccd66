using Microsoft.Extensions.Logging;

namespace WsBalancer.Proxy.Health;

// Event ids 300-399 belong to health. The next free one is 303.
internal static partial class HealthLog
{
    [LoggerMessage(301, LogLevel.Error,
        "Applying a changed fleet failed; some nodes are not probed until the next change.")]
    public static partial void ReconcileFailed(ILogger logger, Exception exception);

    [LoggerMessage(302, LogLevel.Warning,
        "Node '{Node}' of cluster '{Cluster}' does not answer handshakes, and stays in use: too many nodes are " +
        "unhealthy for that already (Health:MaxSilent).")]
    public static partial void TooManySilent(ILogger logger, string node, string cluster);

    [LoggerMessage(300, LogLevel.Error,
        "Probing node '{Node}' of cluster '{Cluster}' failed within the balancer, not at the node; probing continues.")]
    public static partial void ProbeFaulted(ILogger logger, string node, string cluster, Exception exception);
}
