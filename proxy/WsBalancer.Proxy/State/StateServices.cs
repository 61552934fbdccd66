using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace WsBalancer.Proxy.State;

/// <summary>Adds the services that store changes made at run time, and share them.</summary>
internal static class StateServices
{
    /// <param name="services">The services of the application.</param>
    /// <param name="clusters">The ids of the configured clusters, in which nodes may register themselves.</param>
    public static IServiceCollection AddState(
        this IServiceCollection services, Func<IServiceProvider, IEnumerable<string>> clusters)
    {
        services.TryAddSingleton(provider => new ConfigurationFolder(
            provider.GetRequiredService<IHostEnvironment>().ContentRootPath));
        services.AddSingleton<BadRecords>().AddSingleton(CreateStateStore).AddHostedService<StateMetrics>();
        services.AddSingleton<PeerReports>().AddSingleton<ForgettableRecords>();

        // Lazy, since the report reads the rings, and these the store, which needs the forgettable records.
        services.AddSingleton(provider => new Lazy<ILocalReport>(provider.GetRequiredService<ILocalReport>));
        services.AddSingleton<RedisLink>().AddSingleton<StateExchange>().AddSingleton<PeerExchange>();
        services.AddSingleton<RedisDisconnections>().AddSingleton<RedisStatus>().AddSingleton<RedisSharing>();
        services.AddSingleton(provider => new RedisMembership(
            provider.GetRequiredService<RedisLink>(),
            () => clusters(provider),
            provider.GetRequiredService<BadRecords>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<RedisMembership>>()));
        services.AddSingleton<IMembershipSource>(provider => IfShared<RedisMembership>(provider) is { } redis
            ? redis
            : new NoMembership());
        services.AddSingleton<IDisconnectionChannel>(provider => IfShared<RedisDisconnections>(provider) is { } redis
            ? redis
            : new NoDisconnections());
        services.AddHostedService(provider => new StateWorker(
            provider.GetRequiredService<StateStore>(),
            IfShared<RedisSharing>(provider),
            provider.GetRequiredService<TimeProvider>()));
        return services;
    }

    // Without Redis in the settings, the service is never created.
    private static T? IfShared<T>(IServiceProvider provider)
        where T : class =>
        provider.GetRequiredService<StateOptions>().IsShared ? provider.GetRequiredService<T>() : null;

    private static StateStore CreateStateStore(IServiceProvider provider)
    {
        var folder = provider.GetRequiredService<ConfigurationFolder>().Path;
        var file = provider.GetRequiredService<StateOptions>().FileIn(folder) is { } path
            ? new StateFile(
                path,
                provider.GetRequiredService<BadRecords>(),
                provider.GetRequiredService<ILogger<StateFile>>())
            : null;
        try
        {
            var isShared = provider.GetRequiredService<StateOptions>().IsShared;
            return new StateStore(
                provider.GetRequiredService<BalancerName>().Id,
                file,
                provider.GetRequiredService<ILogger<StateStore>>(),
                isShared ? new Lazy<IStateSharing>(provider.GetRequiredService<StateExchange>) : null)
            {
                Forgettable = isShared ? null : provider.GetRequiredService<ForgettableRecords>(),
            }.Load();
        }
        catch
        {
            file?.Dispose();
            throw;
        }
    }
}
