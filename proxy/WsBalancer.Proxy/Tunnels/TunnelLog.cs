using Microsoft.Extensions.Logging;

namespace WsBalancer.Proxy.Tunnels;

// Event ids 100-199 belong to tunnels. The next free one is 106; 103 is not used.
internal static partial class TunnelLog
{
    [LoggerMessage(100, LogLevel.Debug, "Tunnel {Tunnel} to '{Node}' of cluster '{Cluster}' is idle and closes.")]
    public static partial void Idle(ILogger logger, string tunnel, string node, string cluster);

    [LoggerMessage(104, LogLevel.Debug,
        "A peer of tunnel {Tunnel} to '{Node}' of cluster '{Cluster}' does not read; the tunnel ends.")]
    public static partial void Stalled(ILogger logger, string tunnel, string node, string cluster);

    [LoggerMessage(105, LogLevel.Warning,
        "The tunnels buffer {Buffered} bytes for peers that do not read, and may buffer {Bound} "
            + "(WsBalancer:Sockets:MaxBuffered): the {Count} that buffered most are reset.")]
    public static partial void BuffersRelieved(ILogger logger, long buffered, long bound, int count);

    [LoggerMessage(102, LogLevel.Error,
        "{Count} connections or tunnels have had no owner for a minute, such as {Examples}. They hold descriptors "
            + "until the process ends: please report this as a fault.")]
    public static partial void Unowned(ILogger logger, int count, string examples);

    [LoggerMessage(101, LogLevel.Debug,
        "Tunnel {Tunnel} to '{Node}' of cluster '{Cluster}' ended after {Age}: {End} (forced: {Forced}).")]
    public static partial void Ended(
        ILogger logger, string tunnel, string node, string cluster, TimeSpan age, string end, bool forced);
}
