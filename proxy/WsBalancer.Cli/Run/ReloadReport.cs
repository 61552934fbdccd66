using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.Fleet;

namespace WsBalancer.Cli.Run;

/// <summary>Reports reloads: in the log, and as metrics.</summary>
internal sealed class ReloadReport(ILogger logger, ReloadMetrics metrics)
{
    private IReadOnlyList<string> _refused = [];

    /// <param name="result">What became of the reload.</param>
    /// <param name="isRequested">Whether a caller requested the reload. Otherwise a repetition is not logged: an editor
    /// may write a file twice.</param>
    public void Write(ReloadResult result, bool isRequested)
    {
        metrics.Record(result.Outcome);
        if (isRequested || IsNew(result))
        {
            Log(result);
        }

        _refused = result.Reasons;
    }

    public void WriteFailure(ReloadResult result, Exception failure)
    {
        metrics.Record(result.Outcome);
        RunLog.ReloadFailed(logger, failure);
        _refused = result.Reasons;
    }

    // An unchanged configuration is logged after one with mistakes: they have been removed.
    private bool IsNew(ReloadResult result) =>
        result.Outcome == ReloadOutcome.Applied || !result.Reasons.SequenceEqual(_refused);

    private void Log(ReloadResult result)
    {
        foreach (var reason in result.Reasons)
        {
            RunLog.Mistake(logger, reason);
        }

        var keys = string.Join(", ", result.NeedRestart);
        switch (result.Outcome)
        {
            case ReloadOutcome.Mistaken:
                RunLog.ReloadRefused(logger, result.Reasons.Count);
                return;
            case ReloadOutcome.Risky:
                RunLog.ReloadNeedsForce(logger);
                return;
            case ReloadOutcome.Unchanged when keys.Length == 0:
                RunLog.Unchanged(logger);
                break;
            case ReloadOutcome.Unchanged:
                RunLog.UnchangedExcept(logger, keys);
                break;
            case ReloadOutcome.Applied when keys.Length > 0:
                RunLog.ApplyingExcept(logger, keys);
                break;
            default:
                RunLog.Applying(logger);
                break;
        }

        foreach (var move in result.Moves)
        {
            RunLog.Moves(logger, move);
        }
    }
}
