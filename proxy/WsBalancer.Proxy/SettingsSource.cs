using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Settings;

namespace WsBalancer.Proxy;

/// <summary>
/// The settings in force. They change with the configuration, but only to settings without a mistake: a wrong reload is
/// reported and changes nothing.
/// </summary>
internal sealed class SettingsSource : IClusterSettingsSource, IDisposable
{
    private readonly SettingsOrigin _origin;
    private readonly ILogger<SettingsSource> _logger;
    private readonly SettingsUse _use;
    private readonly BalancerSettings _started;
    private readonly IDisposable _subscription;
    private readonly Lock _reloads = new();
    private volatile IChangeToken _read;
    private volatile IReadOnlyCollection<string> _kept = [];
    private volatile BalancerSettings _settings;

    /// <param name="origin">The section of the settings, and the settings in code.</param>
    /// <param name="logger">Receives the mistakes of reloads.</param>
    /// <param name="use">The parts of the settings that the application handles.</param>
    /// <exception cref="SettingsException">The configuration has mistakes.</exception>
    public SettingsSource(SettingsOrigin origin, ILogger<SettingsSource> logger, SettingsUse use)
    {
        (_origin, _logger, _use) = (origin, logger, use);
        _read = origin.GetReloadToken();
        var errors = new List<SettingsError>();
        _settings = _started = BalancerSettings.ReadSection(origin.Read(), errors, use.NamesUsers);
        SettingsException.ThrowIfAny(errors);
        _subscription = ChangeToken.OnChange(origin.GetReloadToken, Reload);
    }

    public event Action? Changed;

    /// <summary>
    /// The settings in force. YARP may be notified of a reload before this object is, and then reads the settings;
    /// therefore each read checks whether they are old.
    /// </summary>
    public BalancerSettings Settings
    {
        get
        {
            Reload();
            return _settings;
        }
    }

    public IReadOnlyDictionary<string, ClusterSettings> Current => Settings.Clusters;

    public IReadOnlyCollection<string> Kept => _kept;

    public string KeyOf(string cluster) => $"{_origin.Path}:{nameof(BalancerSettings.Clusters)}:{cluster}";

    public void Dispose() => _subscription.Dispose();

    private void Reload()
    {
        if (_read.HasChanged && TryReload())
        {
            Changed?.Invoke();
        }
    }

    private bool TryReload()
    {
        lock (_reloads)
        {
            if (!_read.HasChanged)
            {
                return false;
            }

            // The token is taken before the configuration is read: a change during the read causes another reload.
            _read = _origin.GetReloadToken();
            var errors = new List<SettingsError>();
            var settings = BalancerSettings.ReadSection(_origin.Read(), errors, _use.NamesUsers);
            if (errors.Count > 0)
            {
                errors.ForEach(error => SettingsLog.Mistake(_logger, error.Message));
                SettingsLog.ReloadRefused(_logger, errors.Count);
                return false;
            }

            foreach (var section in _use.ReportsRestart ? settings.ChangedOfTheStart(_started, _origin.Path) : [])
            {
                SettingsLog.NeedsRestart(_logger, section);
            }

            _settings = WithKept(settings);
            return true;
        }
    }

    // A cluster whose name is mistyped looks like one that is removed while another is added. YARP does not have the
    // added one, or not yet: the removed one stays on the ring until YARP no longer has it, or has all clusters of the
    // settings.
    private BalancerSettings WithKept(BalancerSettings changed)
    {
        string[] known = [.. _use.Yarp?.Ids ?? []];
        var kept = _use.Yarp is null || changed.Clusters.Keys.All(id => Has(known, id))
            ? []
            : _settings.Clusters
                .Where(cluster => !changed.Clusters.ContainsKey(cluster.Key) && Has(known, cluster.Key))
                .ToArray();
        _kept = [.. kept.Select(cluster => cluster.Key)];
        return kept.Length == 0 ? changed : changed with
        {
            Clusters = changed.Clusters.Concat(kept).ToDictionary(StringComparer.OrdinalIgnoreCase),
        };
    }

    private static bool Has(string[] known, string id) => known.Contains(id, StringComparer.OrdinalIgnoreCase);
}

/// <summary>The parts of the settings that the application handles.</summary>
/// <param name="ReportsRestart">Whether a change of what is read at the start only is logged.</param>
/// <param name="NamesUsers">Whether the application names the users, so that a cluster needs no source of ids.</param>
/// <param name="Yarp">YARP's clusters; null if the configuration is checked as a whole before it is applied.</param>
internal sealed record SettingsUse(bool ReportsRestart = true, bool NamesUsers = false, YarpClusters? Yarp = null);
