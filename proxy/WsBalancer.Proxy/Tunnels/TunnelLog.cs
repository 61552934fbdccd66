using Microsoft.Extensions.Logging;

namespace WsBalancer.Proxy.Tunnels;

// Event ids 100-199 belong to tunnels. The next free one is 104.
internal static partial class TunnelLog
{
    [LoggerMessage(100, LogLevel.Debug, "Tunnel {Tunnel} to '{Node}' of cluster '{Cluster}' is idle and closes.")]
    public static partial void Idle(ILogger logger, string tunnel, string node, string cluster);

    [LoggerMessage(102, LogLevel.Error, "Looking for idle tunnels failed; it goes on.")]
    public static partial void SweepFailed(ILogger logger, Exception exception);

    [LoggerMessage(103, LogLevel.Debug, "Looking for idle tunnels failed again: {Why}")]
    public static partial void SweepFailedAgain(ILogger logger, string why);

    [LoggerMessage(101, LogLevel.Debug,
        "Tunnel {Tunnel} to '{Node}' of cluster '{Cluster}' ended after {Age}: {End} (forced: {Forced}).")]
    public static partial void Ended(
        ILogger logger, string tunnel, string node, string cluster, TimeSpan age, string end, bool forced);
}
