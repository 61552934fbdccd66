using WsBalancer.Proxy.Draining;
using WsBalancer.Proxy.Fleet;

namespace WsBalancer.Proxy.Admin.Moves;

/// <summary>The progress of the drain of a node, as the API shows it.</summary>
internal sealed record DrainStatusView
{
    public DrainStatusView(string cluster, string node, DrainStatus status, long epoch, bool? shared)
    {
        (Cluster, Node, Shared) = (cluster, node, shared);
        State = NodeLabel.Of(status.FleetState);
        Sources = status.Sources;
        (Total, Remaining, Closed, Forced) = (status.Total, status.Remaining, status.Closed, status.Forced);
        (RatePerSecond, EtaSeconds) = (status.RatePerSecond, status.EtaSeconds);
        (DeadlineSeconds, CloseCode, Epoch) = (status.DeadlineSeconds, status.CloseCode, epoch);
    }

    public string Cluster { get; }

    public string Node { get; }

    /// <summary>The state of the node in the fleet.</summary>
    public string State { get; }

    /// <summary>The sources of the drain: operator, node.</summary>
    public IReadOnlyList<string> Sources { get; }

    public long Total { get; }

    public long Remaining { get; }

    public long Closed { get; }

    public long Forced { get; }

    public double RatePerSecond { get; }

    /// <summary>The seconds until the last tunnel is closed; null if unknown.</summary>
    public double? EtaSeconds { get; }

    /// <summary>The seconds until the deadline; null without one.</summary>
    public double? DeadlineSeconds { get; }

    /// <summary>The code of the Close frames; null if the node does not drain.</summary>
    public int? CloseCode { get; }

    public long Epoch { get; }

    /// <summary>
    /// False if Redis cannot be used: the other balancers have not received the change, and their tunnels are not in
    /// the counts. Null without Redis.
    /// </summary>
    public bool? Shared { get; }
}
