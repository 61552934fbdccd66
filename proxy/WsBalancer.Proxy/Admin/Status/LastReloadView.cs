using WsBalancer.Proxy.Fleet;

namespace WsBalancer.Proxy.Admin.Status;

/// <summary>The last reload of the configuration.</summary>
/// <param name="At">The time of the reload.</param>
/// <param name="Result"><c>applied</c>, <c>unchanged</c>, <c>refused</c> or <c>failed</c>.</param>
/// <param name="Reasons">Why the reload was refused.</param>
/// <param name="NeedRestart">Keys whose value differs from that at the start, and that are read at the start
/// only.</param>
internal sealed record LastReloadView(
    DateTimeOffset At, string Result, IReadOnlyList<string> Reasons, IReadOnlyList<string> NeedRestart)
{
    public static LastReloadView From(LastReload reload) => new(
        reload.At,
        reload.Result.Outcome switch
        {
            ReloadOutcome.Applied => "applied",
            ReloadOutcome.Unchanged => "unchanged",
            ReloadOutcome.Failed => "failed",
            _ => "refused",
        },
        reload.Result.Reasons,
        reload.Result.NeedRestart);

    /// <summary>The warnings for an operator: a reload that was not applied, and keys that need a restart.</summary>
    public IEnumerable<string> Warnings()
    {
        if (Result is "refused" or "failed")
        {
            var others = Reasons.Count > 1 ? $" (and {Reasons.Count - 1} more)" : "";
            yield return $"the last reload was {Result}: {(Reasons.Count > 0 ? Reasons[0] : "see the log")}{others}";
        }

        if (NeedRestart.Count > 0)
        {
            yield return $"in force only after a restart: {string.Join(", ", NeedRestart)}";
        }
    }
}
