using Microsoft.Extensions.Logging;

namespace WsBalancer.Proxy.Fleet;

// Event ids 200-299 belong to the fleet. The next free one is 216.
internal static partial class FleetLog
{
    [LoggerMessage(200, LogLevel.Information,
        "Ring of cluster '{Cluster}', epoch {Epoch}: {Nodes} nodes; moved {Moved:P2} of the users, at least "
        + "{Minimum:P2} had to move, {Excess:P2} in excess.")]
    public static partial void RingChanged(
        ILogger logger, string cluster, long epoch, int nodes, double moved, double minimum, double excess);

    [LoggerMessage(204, LogLevel.Information,
        "Ring of cluster '{Cluster}', epoch {Epoch}: {Nodes} nodes, built with other settings ({Spec}). It cannot be "
        + "compared with the previous ring: up to all of the users moved.")]
    public static partial void RingReplaced(ILogger logger, string cluster, long epoch, int nodes, string spec);

    // A reload has two parts, YARP's and the balancer's. The later part reports the mistake, or contains what is
    // missing.
    [LoggerMessage(205, LogLevel.Warning,
        "Ring of cluster '{Cluster}' is unchanged until its nodes and its settings are valid together: {Mistake}")]
    public static partial void RingKept(ILogger logger, string cluster, string mistake);

    [LoggerMessage(203, LogLevel.Debug, "Cluster '{Cluster}' has {Nodes} nodes; {Spec}.")]
    public static partial void Configured(ILogger logger, string cluster, int nodes, string spec);

    [LoggerMessage(EventId = 201, Message = "Node '{Node}' of cluster '{Cluster}' is {Health}: {Why}.")]
    public static partial void HealthChanged(
        ILogger logger, LogLevel level, string node, string cluster, string health, string why);

    [LoggerMessage(211, LogLevel.Error,
        "Cluster '{Cluster}' has no available node ({Nodes}): new users are refused, or sent to nodes that do not "
        + "answer.")]
    public static partial void NoneAvailable(ILogger logger, string cluster, string nodes);

    [LoggerMessage(212, LogLevel.Information, "Cluster '{Cluster}' has available nodes again: {Available} of {Nodes}.")]
    public static partial void AvailableAgain(ILogger logger, string cluster, int available, int nodes);

    [LoggerMessage(202, LogLevel.Information, "Node '{Node}' of cluster '{Cluster}' reports that it {What}.")]
    public static partial void DrainAnnounced(ILogger logger, string node, string cluster, string what);

    [LoggerMessage(206, LogLevel.Information, "Cluster '{Cluster}': {What}.")]
    public static partial void NodeChanged(ILogger logger, string cluster, string what);

    [LoggerMessage(207, LogLevel.Error, "Removing the expired changes of cluster '{Cluster}' failed.")]
    public static partial void TakingBackFailed(ILogger logger, string cluster, Exception exception);

    [LoggerMessage(208, LogLevel.Error, "Applying the registered nodes failed; the loop continues.")]
    public static partial void RegistrationsFailed(ILogger logger, Exception exception);

    [LoggerMessage(209, LogLevel.Warning,
        "Node '{Node}' registered in cluster '{Cluster}', whose ring cannot have it: {Mistake}")]
    public static partial void RegistrationRefused(ILogger logger, string node, string cluster, string mistake);

    [LoggerMessage(210, LogLevel.Warning,
        "Ring of cluster '{Cluster}' starts without a change that was made at run time ({Kind} {Node}), which does "
        + "not fit the configuration: {Mistake}")]
    public static partial void LeftOut(ILogger logger, string cluster, string kind, string node, string mistake);

    [LoggerMessage(213, LogLevel.Error,
        "{Mistake} Until YARP has the cluster, these settings have no effect.")]
    public static partial void ClusterMissing(ILogger logger, string mistake);

    [LoggerMessage(214, LogLevel.Error,
        "Cluster '{Cluster}' has no ring settings any more, while other ring settings name no cluster of YARP: it "
        + "stays on the ring with its last settings, and its users stay pinned, until the names match.")]
    public static partial void ClusterKept(ILogger logger, string cluster);

    [LoggerMessage(215, LogLevel.Warning,
        "Cluster '{Cluster}' has no ring settings any more: YARP balances it with its own policy, and its users are "
        + "no longer pinned.")]
    public static partial void ClusterUnpinned(ILogger logger, string cluster);
}
