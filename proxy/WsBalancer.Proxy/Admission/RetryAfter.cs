namespace WsBalancer.Proxy.Admission;

/// <summary>
/// The time after which a refused client should retry, in whole seconds. Random: clients that were refused together
/// must not retry together.
/// </summary>
internal static class RetryAfter
{
    // Short enough for a user to wait, long enough to spread the retries.
    private const int Min = 1;
    private const int Max = 5;

    /// <summary>1 to 5 seconds, with equal probability.</summary>
    public static TimeSpan Soon() => Within(TimeSpan.Zero);

    /// <summary>
    /// From 1 second to <paramref name="span"/> plus 1 second, with equal probability; the maximum is at least that of
    /// <see cref="Soon"/>.
    /// </summary>
    public static TimeSpan Within(TimeSpan span)
    {
        var most = Math.Max(Max, Min + (int)Math.Ceiling(span.TotalSeconds));
        return TimeSpan.FromSeconds(Random.Shared.Next(Min, most + 1));
    }
}
