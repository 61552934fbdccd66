namespace WsBalancer.Proxy.State;

/// <summary>Whether the Redis that balancers share through can be used. Thread-safe.</summary>
internal sealed class SharingState
{
    private volatile string? _where;
    private volatile RedisAbsence? _absence;

    /// <summary>Where it is, without what is secret; null if this balancer shares with nobody.</summary>
    public string? Where
    {
        get => _where;
        set => _where = value;
    }

    /// <summary>Why it cannot be used, and since when; null if it can, or if that is not known yet.</summary>
    public RedisAbsence? Absence
    {
        get => _absence;
        set => _absence = value;
    }
}

/// <summary>A time in which Redis cannot be used.</summary>
/// <param name="Since">When it began.</param>
/// <param name="Cause">Why, in a sentence.</param>
internal sealed record RedisAbsence(DateTimeOffset Since, string Cause);
