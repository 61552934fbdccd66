namespace WsBalancer.Proxy.Fleet;

/// <summary>
/// Reads the configuration again as a whole, and applies it if it is right. An application whose host
/// reads the configuration has none.
/// </summary>
internal interface IReloads
{
    /// <summary>The last reload; null before the first.</summary>
    public LastReload? Last { get; }

    /// <param name="force">Whether to apply a change, too, that moves more users than it may, or that leaves a cluster
    /// without nodes.</param>
    public Task<ReloadResult> ReloadAsync(bool force);
}

/// <summary>A reload, and when it was.</summary>
internal sealed record LastReload(DateTimeOffset At, ReloadResult Result);

/// <summary>The result of a reload.</summary>
/// <param name="Outcome">Whether it is applied.</param>
/// <param name="Reasons">Why it is not, a sentence each.</param>
/// <param name="Moves">What it moves, or would move, in each cluster that it changes.</param>
/// <param name="NeedRestart">The keys that differ from those that the balancer has read at its start, and are read only
/// then.</param>
internal sealed record ReloadResult(
    ReloadOutcome Outcome,
    IReadOnlyList<string> Reasons,
    IReadOnlyList<ClusterMove> Moves,
    IReadOnlyList<string> NeedRestart);

/// <summary>The outcome of a reload.</summary>
internal enum ReloadOutcome
{
    /// <summary>The configuration is what it was.</summary>
    Unchanged,

    /// <summary>The configuration has changed and is applied.</summary>
    Applied,

    /// <summary>The configuration has mistakes and is not applied.</summary>
    Mistaken,

    /// <summary>The configuration would move too many users, or empty a cluster, and is not applied.</summary>
    Risky,

    /// <summary>The balancer failed to apply the configuration.</summary>
    Failed,
}
