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
    private readonly IDisposable _subscription;
    private volatile BalancerSettings _settings;

    /// <exception cref="SettingsException">The configuration has mistakes.</exception>
    public SettingsSource(IConfiguration configuration, ILogger<SettingsSource> logger)
    {
        _configuration = configuration;
        _logger = logger;
        var errors = new List<SettingsError>();
        _settings = BalancerSettings.Read(configuration, errors);
        SettingsException.ThrowIfAny(errors.Select(error => error.Message));
        _subscription = ChangeToken.OnChange(configuration.GetReloadToken, Reload);
    }

    public event Action? Changed;

    public BalancerSettings Settings => _settings;

    public IReadOnlyDictionary<string, ClusterSettings> Current => _settings.Clusters;

    public void Dispose() => _subscription.Dispose();

    private void Reload()
    {
        var errors = new List<SettingsError>();
        var settings = BalancerSettings.Read(_configuration, errors);
        if (errors.Count > 0)
        {
            errors.ForEach(error => SettingsLog.Mistake(_logger, error.Message));
            SettingsLog.ReloadRefused(_logger, errors.Count);
            return;
        }

        _settings = settings;
        Changed?.Invoke();
    }
}
