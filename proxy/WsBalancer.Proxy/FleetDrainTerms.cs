namespace WsBalancer.Proxy;

/// <summary>
/// How a node is drained. Null is the setting of the cluster (<c>WsBalancer:Clusters:C:Drain</c>), or the term of the
/// drain that is running.
/// </summary>
public sealed record FleetDrainTerms
{
    /// <summary>
    /// The tunnels that are closed in a second by all balancers together, at least: from 0 to 1,000,000. With 0,
    /// <see cref="Deadline"/> is needed, and none is closed before the deadline requires it. Not beside
    /// <see cref="Over"/>.
    /// </summary>
    public double? RatePerSecond { get; init; }

    /// <summary>The time over which the tunnels are closed evenly, above 0 and up to 7 days.</summary>
    public TimeSpan? Over { get; init; }

    /// <summary>
    /// The time until the last tunnel is closed, above 0 and up to 7 days; <see cref="Timeout.InfiniteTimeSpan"/> for
    /// no deadline.
    /// </summary>
    public TimeSpan? Deadline { get; init; }

    /// <summary>
    /// The code of the Close frames: 1000 to 1003, 1007 to 1014 or 3000 to 4999. 1012 (service restart) by default.
    /// </summary>
    public int? CloseCode { get; init; }

    /// <summary>Whether the last node that takes users may be drained, too.</summary>
    public bool Force { get; init; }
}
