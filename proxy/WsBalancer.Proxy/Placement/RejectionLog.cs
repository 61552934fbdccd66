using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.Admission;
using WsBalancer.Proxy.Telemetry;

namespace WsBalancer.Proxy.Placement;

/// <summary>
/// One line for each rejection, with a limit for each reason and second. A line contains nothing that belongs to a
/// user: no target, no header, no user id, no address.
/// </summary>
internal sealed class RejectionLog : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly Func<LogOptions> _options;
    private readonly ILogger<Rejecter> _logger;
    private readonly Func<(string Reason, LogLevel Level), LineBudget> _createBudget;
    private readonly ConcurrentDictionary<(string Reason, LogLevel Level), LineBudget> _budgets = new();

    public RejectionLog(Func<LogOptions> options, TimeProvider time, ILogger<Rejecter> logger)
    {
        _options = options;
        _logger = logger;
        _createBudget = line => new LineBudget(
            time,
            Second,
            suppressed => RejectionMessages.Suppressed(logger, line.Level, suppressed, line.Reason));
    }

    /// <param name="rejection">The status and the reason.</param>
    /// <param name="cluster">The cluster; empty if the request was rejected before its route.</param>
    /// <param name="node">The node of the last attempt, if there was one.</param>
    /// <param name="attempt">The number of that attempt, from 1; 0 if there was none.</param>
    /// <param name="exception">The error of the balancer that caused the rejection, if there is one.</param>
    /// <param name="level">The level, if not that of the status.</param>
    public void Write(
        Rejection rejection,
        string cluster,
        string? node,
        int attempt,
        Exception? exception = null,
        LogLevel? level = null) =>
        Write(
            rejection,
            level ?? (exception is null ? rejection.Level : LogLevel.Error),
            cluster,
            node,
            attempt,
            exception);

    public void Dispose()
    {
        foreach (var budget in _budgets.Values)
        {
            budget.Dispose();
        }
    }

    private void Write(
        Rejection rejection, LogLevel level, string cluster, string? node, int attempt, Exception? exception)
    {
        if (!_logger.IsEnabled(level))
        {
            return;
        }

        var budget = _budgets.GetOrAdd((rejection.Label, level), _createBudget);
        if (budget.TryTake(_options().RejectionsPerSecond, out var suppressed))
        {
            (cluster, node) = (OrNone(cluster), OrNone(node));
            RejectionMessages.Rejected(
                _logger, level, rejection.Status, rejection.Label, cluster, node, attempt, suppressed, exception);
        }
    }

    private static string OrNone(string? name) => string.IsNullOrEmpty(name) ? "-" : name;
}
