using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.Checking;
using WsBalancer.Proxy.Settings;

namespace WsBalancer.Proxy.Fleet;

/// <summary>
/// Logs an error if a change of the configuration separates the clusters for the ring from those of YARP.
/// </summary>
internal sealed class RingClusterWatch : IHostedService, IDisposable
{
    // YARP applies its part of a changed configuration on a thread of its own, before or after the balancer's part.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly IClusterSettingsSource _settings;
    private readonly YarpClusters _yarp;
    private readonly ILogger<RingClusterWatch> _logger;
    private readonly ITimer _timer;
    private HashSet<string> _reported = new(StringComparer.OrdinalIgnoreCase);

    public RingClusterWatch(
        IClusterSettingsSource settings, YarpClusters yarp, TimeProvider time, ILogger<RingClusterWatch> logger)
    {
        _settings = settings;
        _yarp = yarp;
        _logger = logger;
        _timer = time.CreateTimer(_ => Report(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The clusters for the ring that YARP does not have; empty before YARP's first configuration.</summary>
    public static IEnumerable<SettingsError> MistakesIn(IClusterSettingsSource settings, YarpClusters yarp) =>
        yarp.Ids is not { } known
            ? []
            : settings.Current.Keys
                .Where(id => !settings.Kept.Contains(id, StringComparer.OrdinalIgnoreCase))
                .Select(id => ClusterNames.MistakeIn(settings.KeyOf(id), id, known))
                .OfType<SettingsError>();

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _yarp.Applied += Report;
        _settings.Changed += ReportLater;
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _yarp.Applied -= Report;
        _settings.Changed -= ReportLater;
        return Task.CompletedTask;
    }

    public void Dispose() => _timer.Dispose();

    private void ReportLater() => _timer.Change(Grace, Timeout.InfiniteTimeSpan);

    private void Report()
    {
        lock (_lock)
        {
            var mistakes = MistakesIn(_settings, _yarp).ToList();
            foreach (var mistake in mistakes.Where(mistake => !_reported.Contains(mistake.Key)))
            {
                FleetLog.ClusterMissing(_logger, mistake.Message);
            }

            // Kept only while a name is wrong: YARP no longer has a cluster that was renamed in both parts.
            var kept = mistakes.Count == 0
                ? []
                : _settings.Kept.Where(id => _yarp.Ids!.Contains(id, StringComparer.OrdinalIgnoreCase)).ToList();
            foreach (var id in kept.Where(id => !_reported.Contains(id)))
            {
                FleetLog.ClusterKept(_logger, id);
            }

            _reported = mistakes.Select(mistake => mistake.Key).Concat(kept)
                .ToHashSet(StringComparer.OrdinalIgnoreCase);
        }
    }
}
