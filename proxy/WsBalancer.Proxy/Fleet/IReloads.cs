namespace WsBalancer.Proxy.Fleet;

/// <summary>
/// Reads the whole configuration again, and applies it if it has no mistake. An application that reads the
/// configuration itself has <see cref="NoReloads"/>.
/// </summary>
internal interface IReloads
{
    /// <summary>The last reload; null before the first.</summary>
    public LastReload? Last { get; }

    /// <param name="force">
    /// Whether to apply even a change that moves more users than the limit, or that leaves a cluster without nodes.
    /// </param>
    public Task<ReloadResult> ReloadAsync(bool force);
}

/// <summary>A reload and its time.</summary>
internal sealed record LastReload(DateTimeOffset At, ReloadResult Result);

/// <summary>The result of a reload.</summary>
/// <param name="Outcome">Whether the configuration is applied.</param>
/// <param name="Reasons">The reasons why the configuration is not applied, a sentence each.</param>
/// <param name="Moves">The moves in each cluster that the configuration changes or would change.</param>
/// <param name="NeedRestart">The keys that are read only at the start, and have another value now.</param>
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
