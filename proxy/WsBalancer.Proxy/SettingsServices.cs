using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.Admin;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Settings;
using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy;

/// <summary>
/// Adds the settings as each folder uses them: a record for what is read at the start only, and a delegate for what
/// changes with a reload. No folder reads <see cref="BalancerSettings"/> as a whole.
/// </summary>
internal static class SettingsServices
{
    /// <param name="services">The services of the application.</param>
    /// <param name="section">The section of the settings; null for that of the application's configuration.</param>
    /// <param name="code">The settings in code.</param>
    public static IServiceCollection AddSettings(
        this IServiceCollection services, IConfigurationSection? section, Dictionary<string, string?> code)
    {
        services.AddSingleton(provider => new SettingsSource(
            new SettingsOrigin(
                section ?? provider.GetRequiredService<IConfiguration>().GetSection(BalancerSettings.Section), code),
            provider.GetRequiredService<ILogger<SettingsSource>>(),
            UseOf(provider)));
        services.AddSingleton<IClusterSettingsSource>(provider => provider.GetRequiredService<SettingsSource>());
        services.AddAtStart(static settings => settings.Admin).AddAtStart(static settings => settings.Shutdown)
            .AddAtStart(static settings => settings.State).AddAtStart(static settings => settings.Sockets);
        services.AddInForce(static settings => settings.AccessLog).AddInForce(static settings => settings.Log)
            .AddInForce(static settings => settings.TrustedProxies)
            .AddInForce(static settings => settings.ForwardedHeaders)
            .AddInForce(static settings => settings.ProxyProtocol);
        return services.AddSingleton(provider =>
        {
            var admin = provider.GetRequiredService<AdminOptions>();
            return BalancerName.Of(
                provider.GetRequiredService<StateOptions>(), admin.Url?.Port ?? 0, admin.SocketPath);
        });
    }

    // A host that reloads the configuration as a whole checks it first, and reports the keys that need a restart.
    private static SettingsUse UseOf(IServiceProvider provider)
    {
        var isWhole = provider.GetService<IReloads>() is not null;
        return new SettingsUse(
            ReportsRestart: !isWhole,
            NamesUsers: HasUserKeySource(provider),
            Yarp: isWhole ? null : provider.GetRequiredService<YarpClusters>());
    }

    // The source of user ids is not created here: it may use services that need these settings. Only a container that
    // does not know its services creates it.
    private static bool HasUserKeySource(IServiceProvider provider) =>
        provider.GetService<IServiceProviderIsService>()?.IsService(typeof(IUserKeySource))
        ?? provider.GetService<IUserKeySource>() is not null;

    private static IServiceCollection AddAtStart<T>(this IServiceCollection services, Func<BalancerSettings, T> of)
        where T : class =>
        services.AddSingleton(provider => of(provider.GetRequiredService<SettingsSource>().Settings));

    private static IServiceCollection AddInForce<T>(this IServiceCollection services, Func<BalancerSettings, T> of) =>
        services.AddSingleton<Func<T>>(provider =>
        {
            var source = provider.GetRequiredService<SettingsSource>();
            return () => of(source.Settings);
        });
}
