using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Telemetry;

namespace WsBalancer.Cli.Run;

/// <summary>Reports reloads: in the log, as metrics, and as events.</summary>
internal sealed class ReloadReport(ILogger logger, ReloadMetrics metrics, BalancerEvents? events = null)
{
    private IReadOnlyList<string> _refused = [];

    /// <param name="result">The result of the reload, also if nothing was applied.</param>
    /// <param name="isRequested">
    /// Whether a caller requested the reload. Otherwise a repetition is not logged: an editor may write a file twice.
    /// </param>
    public void Write(ReloadResult result, bool isRequested)
    {
        metrics.Record(result.Outcome);
        if (isRequested || IsNew(result))
        {
            Log(result);
            Publish(result);
        }

        _refused = result.Reasons;
    }

    /// <summary>Applies a configuration, so that the events of the change have the cause of the reload.</summary>
    public void Apply(Action action)
    {
        if (events is null)
        {
            action();
            return;
        }

        events.RunWithCause(action);
    }

    public void WriteFailure(ReloadResult result, Exception failure)
    {
        metrics.Record(result.Outcome);
        RunLog.ReloadFailed(logger, failure);
        Publish(result);
        _refused = result.Reasons;
    }

    private void Publish(ReloadResult result) => events?.Publish(
        EventKind.Reload,
        cluster: null,
        node: null,
        result.Outcome switch
        {
            ReloadOutcome.Applied => "the configuration has changed and is applied",
            ReloadOutcome.Unchanged => "the configuration is read again, and is unchanged",
            ReloadOutcome.Failed => "the configuration could not be applied",
            _ => "the configuration has changed and is refused: " + string.Join(' ', result.Reasons).TrimEnd('.'),
        },
        ("needRestart", result.NeedRestart.Count));

    // An unchanged configuration is logged only after one with mistakes, since they have been removed.
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
