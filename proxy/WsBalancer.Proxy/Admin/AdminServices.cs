using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.Admin.Status;
using WsBalancer.Proxy.State;
using WsBalancer.Proxy.Telemetry;

namespace WsBalancer.Proxy.Admin;

/// <summary>Adds the admin host, its services, and the events, whose file its settings name.</summary>
internal static class AdminServices
{
    public static void AddAdmin(this IServiceCollection services)
    {
        services.AddSingleton<OptionalJournal>().AddSingleton(provider => new BalancerEvents(
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<OptionalJournal>().Journal));
        services.AddSingleton<ServedCertificates>().AddSingleton<BalancerStatus>();
        services.AddSingleton<BalancersReader>().AddSingleton<ConfigurationReader>();
        services.AddSingleton<AdminHost>();
        services.AddHostedService(provider => provider.GetRequiredService<AdminHost>());
    }

    // The journal is null without a file; the container keeps no null, so this object holds it.
    private sealed class OptionalJournal(
        AdminOptions admin, StateOptions state, ConfigurationFolder folder, ILogger<EventJournal> logger)
        : IAsyncDisposable
    {
        public EventJournal? Journal { get; } =
            admin.Events.FileIn(folder.Path, state.FileIn(folder.Path)) is { } path
                ? new EventJournal(path, admin.Events.MaxSize.Bytes, logger)
                : null;

        public ValueTask DisposeAsync() => Journal?.DisposeAsync() ?? ValueTask.CompletedTask;
    }
}
