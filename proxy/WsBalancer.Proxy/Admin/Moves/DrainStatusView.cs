using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using WsBalancer.Proxy.Draining;
using WsBalancer.Proxy.Fleet;

namespace WsBalancer.Proxy.Admin.Moves;

/// <summary>The progress of the drain of a node, as the API shows it.</summary>
internal sealed record DrainStatusView
{
    [Required]
    public string Cluster { get; init; } = "";

    [Required]
    public string Node { get; init; } = "";

    /// <summary>The state of the node in the fleet.</summary>
    [AllowNull]
    public string State { get; init; } = "";

    /// <summary>The sources of the drain: operator, node.</summary>
    [AllowNull]
    public IReadOnlyList<string> Sources { get; init; } = [];

    public long Total { get; init; }

    public long Remaining { get; init; }

    /// <summary>The tunnels that the drain has closed or is closing.</summary>
    public long Closed { get; init; }

    /// <summary>The closed tunnels that were aborted.</summary>
    public long Forced { get; init; }

    public double RatePerSecond { get; init; }

    /// <summary>The seconds until the last tunnel is closed; null if unknown.</summary>
    public double? EtaSeconds { get; init; }

    /// <summary>The seconds until the deadline; null without one.</summary>
    public double? DeadlineSeconds { get; init; }

    /// <summary>The code of the Close frames; null if the node does not drain.</summary>
    public int? CloseCode { get; init; }

    [Required]
    public long Epoch { get; init; }

    /// <summary>
    /// False if Redis cannot be used: the other balancers have not received the change, and their tunnels are not in
    /// the counts. Null without Redis.
    /// </summary>
    [Required]
    public bool? Shared { get; init; }

    public static DrainStatusView From(string cluster, DrainResult result) => new()
    {
        Cluster = cluster,
        Node = result.Node,
        State = NodeLabel.Of(result.Status.State),
        Sources = result.Status.Sources,
        Total = result.Status.Total,
        Remaining = result.Status.Remaining,
        Closed = result.Status.Closed,
        Forced = result.Status.Forced,
        RatePerSecond = result.Status.RatePerSecond,
        EtaSeconds = result.Status.EtaSeconds,
        DeadlineSeconds = result.Status.DeadlineSeconds,
        CloseCode = result.Status.CloseCode,
        Epoch = result.Epoch,
        Shared = result.Shared,
    };
}
