namespace WsBalancer.Proxy.Draining;

/// <summary>
/// An operator's request to drain a node. A null value is taken from the drain that is running, or else from the
/// settings.
/// </summary>
internal sealed record DrainRequest
{
    /// <summary>
    /// The minimum rate in tunnels per second of the whole fleet; 0 closes none before the deadline requires it.
    /// </summary>
    public double? RatePerSecond { get; init; }

    /// <summary>The time over which to close the tunnels, given instead of a rate.</summary>
    public double? OverSeconds { get; init; }

    public DrainDeadline Deadline { get; init; }

    public int? CloseCode { get; init; }

    /// <summary>Whether to drain the node even if no other node takes users.</summary>
    public bool Force { get; init; }
}

/// <summary>The deadline of a drain: not given, none, or a number of seconds.</summary>
internal readonly record struct DrainDeadline
{
    private DrainDeadline(double? seconds) => (IsGiven, Seconds) = (true, seconds);

    public static DrainDeadline None => new(null);

    public bool IsGiven { get; }

    public double? Seconds { get; }

    public static DrainDeadline In(double seconds) => new(seconds);
}
