using Microsoft.Extensions.Logging;

namespace WsBalancer.Proxy.Placement;

// Event ids 400-499 belong to placement. The next free one is 411.
internal static partial class PlacementLog
{
    // Debug: in an outage there is one for every handshake. The change of the node's health is what is logged then.
    [LoggerMessage(400, LogLevel.Debug, "A handshake to node '{Node}' of cluster '{Cluster}' failed: {Failure}. {Why}")]
    public static partial void AttemptFailed(
        ILogger logger, string node, string cluster, AttemptFailure failure, string why);

    // Debug: clients that offer HTTP/2 offer it with every request.
    [LoggerMessage(
        410,
        LogLevel.Debug,
        "A {Method} for cluster '{Cluster}' is served without its upgrade, which is to no WebSocket.")]
    public static partial void UpgradeStripped(ILogger logger, string method, string cluster);
}
