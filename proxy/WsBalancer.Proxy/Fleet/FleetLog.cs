using Microsoft.Extensions.Logging;

namespace WsBalancer.Proxy.Fleet;

// Event ids 200-299 belong to the fleet. The next free one is 206.
internal static partial class FleetLog
{
    [LoggerMessage(200, LogLevel.Information,
        "Ring of cluster '{Cluster}', epoch {Epoch}: {Nodes} nodes; moved {Moved:P2} of the users, " +
        "at least {Minimum:P2} had to move, {Excess:P2} in excess.")]
    public static partial void RingChanged(
        ILogger logger, string cluster, long epoch, int nodes, double moved, double minimum, double excess);

    [LoggerMessage(204, LogLevel.Information,
        "Ring of cluster '{Cluster}', epoch {Epoch}: {Nodes} nodes, built another way ({Spec}). " +
        "It cannot be compared with the one before: up to all of the users moved.")]
    public static partial void RingReplaced(ILogger logger, string cluster, long epoch, int nodes, string spec);

    // The side of the configuration that is not yet here is told of the mistake, or brings what is missing.
    [LoggerMessage(205, LogLevel.Warning,
        "Ring of cluster '{Cluster}' stays as it is until its nodes and its settings fit each other: {Mistake}")]
    public static partial void RingKept(ILogger logger, string cluster, string mistake);

    [LoggerMessage(203, LogLevel.Debug, "Cluster '{Cluster}' has {Nodes} nodes; {Spec}.")]
    public static partial void Configured(ILogger logger, string cluster, int nodes, string spec);

    [LoggerMessage(201, LogLevel.Information, "Node '{Node}' of cluster '{Cluster}' is {Health}: {Why}.")]
    public static partial void HealthChanged(
        ILogger logger, string node, string cluster, string health, string why);

    [LoggerMessage(202, LogLevel.Information, "Node '{Node}' of cluster '{Cluster}' says that it {What}.")]
    public static partial void DrainAnnounced(ILogger logger, string node, string cluster, string what);
}
