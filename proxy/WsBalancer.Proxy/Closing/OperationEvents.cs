using System.Globalization;
using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Telemetry;

namespace WsBalancer.Proxy.Closing;

/// <summary>Reports drains, rebalances, disconnects and disagreements, in the log and as events.</summary>
internal sealed class OperationEvents(BalancerEvents events, ILogger<OperationEvents> logger)
{
    public void Drain(Node node, FormattableString what, params (string Name, double Value)[] figures)
    {
        var message = $"{node.Id} {what.ToString(CultureInfo.InvariantCulture)}";
        OperationLog.Happened(logger, node.Key.Cluster, message);
        events.Publish(EventKind.Drain, node.Key.Cluster, node.Id, message, figures);
    }

    public void Rebalance(string cluster, FormattableString what, params (string Name, double Value)[] figures)
    {
        var message = what.ToString(CultureInfo.InvariantCulture);
        OperationLog.Happened(logger, cluster, message);
        events.Publish(EventKind.Rebalance, cluster, null, message, figures);
    }

    /// <summary>
    /// Reports that an operator has closed tunnels. The message must not contain a user id, since the log contains it.
    /// </summary>
    public void Disconnected(string cluster, FormattableString what, int closed)
    {
        var message = what.ToString(CultureInfo.InvariantCulture);
        OperationLog.Happened(logger, cluster, message);
        events.Publish(EventKind.Disconnect, cluster, null, message, ("closed", closed));
    }

    public void Disputed(string cluster, string reason)
    {
        OperationLog.Disputed(logger, cluster, reason);
        events.Publish(EventKind.Disagreement, cluster, null, reason);
    }

    public void Agreed(string cluster)
    {
        OperationLog.Happened(logger, cluster, "the balancers agree again");
        events.Publish(EventKind.Disagreement, cluster, null, "the balancers agree again");
    }
}
