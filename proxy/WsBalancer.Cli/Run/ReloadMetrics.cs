using Prometheus;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Telemetry;

namespace WsBalancer.Cli.Run;

/// <summary>
/// The metrics of reloads: the result of the last one, and the time of the last successful one. The start counts as the
/// first.
/// </summary>
internal sealed class ReloadMetrics
{
    private readonly TimeProvider _time;
    private readonly Gauge _successful;
    private readonly Gauge _successTime;

    public ReloadMetrics(BalancerRegistry registry, TimeProvider time)
    {
        _time = time;
        _successful = registry.CreateGauge(
            "wsbalancer_config_last_reload_successful",
            "1 if the configuration was right when it was last read, 0 if it was refused.");
        _successTime = registry.CreateGauge(
            "wsbalancer_config_last_reload_success_timestamp_seconds",
            "When the configuration was last read and right, in seconds since 1970.");
        Record(ReloadOutcome.Applied);
    }

    public void Record(ReloadOutcome outcome)
    {
        var isRight = outcome is ReloadOutcome.Applied or ReloadOutcome.Unchanged;
        _successful.Set(isRight ? 1 : 0);
        if (isRight)
        {
            _successTime.Set(_time.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0);
        }
    }
}
