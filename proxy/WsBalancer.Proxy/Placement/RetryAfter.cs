namespace WsBalancer.Proxy.Placement;

/// <summary>
/// When a refused client should come back, in whole seconds. Never the same for all: those who were refused together
/// would be back together.
/// </summary>
internal static class RetryAfter
{
    // Short enough for a user to wait, long enough to thin a herd out.
    private const int Least = 1;
    private const int Most = 5;

    /// <summary>1 to 5 seconds, any of them alike.</summary>
    public static TimeSpan Soon() => Within(TimeSpan.Zero);

    /// <summary>1 second to <paramref name="span"/> and a second, any of them alike; at least as much as
    /// <see cref="Soon"/>.</summary>
    public static TimeSpan Within(TimeSpan span)
    {
        var most = Math.Max(Most, Least + (int)Math.Ceiling(span.TotalSeconds));
        return TimeSpan.FromSeconds(Random.Shared.Next(Least, most + 1));
    }
}
