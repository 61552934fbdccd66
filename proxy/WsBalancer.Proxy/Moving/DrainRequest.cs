namespace WsBalancer.Proxy.Moving;

/// <summary>How an operator wants a node to be drained; what is null is left to the settings.</summary>
internal sealed record DrainRequest
{
    /// <summary>Tunnels a second in the whole fleet, at least; 0 closes none before the deadline asks for it.</summary>
    public double? RatePerSecond { get; init; }

    /// <summary>Instead of a rate: over how long.</summary>
    public double? OverSeconds { get; init; }

    public DrainDeadline Deadline { get; init; }

    public int? CloseCode { get; init; }

    /// <summary>Whether even if users have no other node to go to.</summary>
    public bool Force { get; init; }
}

/// <summary>By when a drain is to be over: not said, never, or within so many seconds.</summary>
internal readonly record struct DrainDeadline
{
    private DrainDeadline(double? seconds) => (IsGiven, Seconds) = (true, seconds);

    public static DrainDeadline None => new(null);

    public bool IsGiven { get; }

    public double? Seconds { get; }

    public static DrainDeadline In(double seconds) => new(seconds);
}
