namespace WsBalancer.Proxy.State;

/// <summary>Whether the Redis that balancers share through can be used. Thread-safe.</summary>
internal sealed class RedisStatus
{
    private volatile string? _where;
    private volatile RedisAbsence? _absence;

    /// <summary>The address of Redis, without secrets; null if this balancer does not share.</summary>
    public string? Where
    {
        get => _where;
        set => _where = value;
    }

    /// <summary>The current absence; null if Redis can be used, or if that is not known yet.</summary>
    public RedisAbsence? Absence
    {
        get => _absence;
        set => _absence = value;
    }
}

/// <summary>A time in which Redis cannot be used.</summary>
/// <param name="Since">When the absence began.</param>
/// <param name="Cause">The cause, as a sentence.</param>
internal sealed record RedisAbsence(DateTimeOffset Since, string Cause);
