using Microsoft.Extensions.Logging;

namespace WsBalancer.Proxy.Placement;

// Event ids 400-499 belong to placement. The next free one is 414.
internal static partial class PlacementLog
{
    // Debug: in an outage there is one line for every handshake, and the change of the node's health is logged.
    [LoggerMessage(
        400, LogLevel.Debug, "An attempt at node '{Node}' of cluster '{Cluster}' failed, outcome {Outcome}: {Why}")]
    public static partial void AttemptFailed(
        ILogger logger, string node, string cluster, AttemptOutcome outcome, string why);

    // Debug: clients that offer HTTP/2 offer it with every request.
    [LoggerMessage(
        410,
        LogLevel.Debug,
        "A {Method} for cluster '{Cluster}' is served without its upgrade, since the protocol is not WebSocket.")]
    public static partial void UpgradeStripped(ILogger logger, string method, string cluster);

    [LoggerMessage(
        411,
        LogLevel.Warning,
        "The application configures the client of cluster '{Cluster}' in a way that only the platform's client " +
        "supports: its settings hold, and the tunnels of the cluster take the portable path.")]
    public static partial void ClientConfigured(ILogger logger, string cluster);

    [LoggerMessage(
        412,
        LogLevel.Warning,
        "The application connects to the nodes of cluster '{Cluster}' with its own ConnectCallback: " +
        "Handshake:ConnectTimeout and Sockets:SourceAddresses do not hold for it.")]
    public static partial void ConnectsByItself(ILogger logger, string cluster);

    [LoggerMessage(
        413,
        LogLevel.Warning,
        "The clients of all clusters are created by {Factory} of the application: tunnels take the portable path, " +
        "and Handshake:ConnectTimeout, Sockets:SourceAddresses and ProxyProtocol do not hold.")]
    public static partial void FactoryReplaced(ILogger logger, string factory);
}
