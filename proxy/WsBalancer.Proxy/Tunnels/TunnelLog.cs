using Microsoft.Extensions.Logging;

namespace WsBalancer.Proxy.Tunnels;

// Event ids 100-199 belong to tunnels. The next free one is 102.
internal static partial class TunnelLog
{
    [LoggerMessage(100, LogLevel.Debug, "Tunnel {Tunnel} to '{Node}' of cluster '{Cluster}' is idle and closes.")]
    public static partial void Idle(ILogger logger, string tunnel, string node, string cluster);

    [LoggerMessage(101, LogLevel.Debug,
        "Tunnel {Tunnel} to '{Node}' of cluster '{Cluster}' ended after {Age}: {End} (forced: {Forced}).")]
    public static partial void Ended(
        ILogger logger, string tunnel, string node, string cluster, TimeSpan age, string end, bool forced);
}
