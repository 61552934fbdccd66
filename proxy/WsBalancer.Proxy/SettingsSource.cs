using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;
using WsBalancer.Proxy.Fleet;

namespace WsBalancer.Proxy;

/// <summary>
/// The settings in force. They follow the configuration, but only to settings without a mistake: a wrong reload is
/// reported and changes nothing.
/// </summary>
internal sealed class SettingsSource : IClusterSettingsSource, IDisposable
{
    private readonly IConfiguration _configuration;
    private readonly ILogger<SettingsSource> _logger;
    private readonly bool _reportsRestart;
    private readonly BalancerSettings _started;
    private readonly IDisposable _subscription;
    private readonly Lock _reloads = new();
    private volatile IChangeToken _read;
    private volatile BalancerSettings _settings;

    /// <param name="configuration">The configuration.</param>
    /// <param name="logger">For the results of reloads.</param>
    /// <param name="reportsRestart">Whether a change of what is read at the start only is logged.</param>
    /// <exception cref="SettingsException">The configuration has mistakes.</exception>
    public SettingsSource(
        IConfiguration configuration, ILogger<SettingsSource> logger, bool reportsRestart = true)
    {
        (_configuration, _logger, _reportsRestart) = (configuration, logger, reportsRestart);
        _read = configuration.GetReloadToken();
        var errors = new List<SettingsError>();
        _settings = _started = BalancerSettings.Read(configuration, errors);
        SettingsException.ThrowIfAny(errors);
        _subscription = ChangeToken.OnChange(configuration.GetReloadToken, Reload);
    }

    public event Action? Changed;

    /// <summary>
    /// The settings in force. YARP may be told of a reload before this is, and asks; hence a look whether they are old.
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

            // Taken before the reading: what changes during it is read once more.
            _read = _configuration.GetReloadToken();
            var errors = new List<SettingsError>();
            var settings = BalancerSettings.Read(_configuration, errors);
            if (errors.Count > 0)
            {
                errors.ForEach(error => SettingsLog.Mistake(_logger, error.Message));
                SettingsLog.ReloadRefused(_logger, errors.Count);
                return false;
            }

            foreach (var section in _reportsRestart ? settings.ChangedOfTheStart(_started) : [])
            {
                SettingsLog.NeedsRestart(_logger, section);
            }

            _settings = settings;
            return true;
        }
    }
}
