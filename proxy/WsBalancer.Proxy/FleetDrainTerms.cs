namespace WsBalancer.Proxy;

/// <summary>
/// How a node is drained. A property that is null has the value of the drain that is running or, without one, of the
/// setting of the cluster (<c>WsBalancer:Clusters:C:Drain</c>).
/// </summary>
public sealed record FleetDrainTerms
{
    /// <summary>
    /// The least number of tunnels that all balancers together close per second, from 0 to 1,000,000. With 0,
    /// <see cref="Deadline"/> is required, and no tunnel is closed before the deadline requires it. Cannot be combined
    /// with <see cref="Over"/>.
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
