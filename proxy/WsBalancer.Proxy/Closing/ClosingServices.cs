using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace WsBalancer.Proxy.Closing;

/// <summary>Adds the services that close tunnels: at the request of an operator, and by rules of their own.</summary>
internal static class ClosingServices
{
    /// <summary>Adds what every closing of tunnels uses: its pace, and its reports in the log and as events.</summary>
    public static IServiceCollection AddPacedClosing(this IServiceCollection services) =>
        services.AddSingleton<PacedCloser>().AddSingleton<OperationEvents>();

    /// <summary>Adds what closes tunnels at the request of an operator.</summary>
    public static IServiceCollection AddDisconnects(this IServiceCollection services) =>
        services.AddSingleton<DisconnectOperations>()
            .AddHostedService(provider => provider.GetRequiredService<DisconnectOperations>());

    /// <summary>Adds what closes tunnels of unhealthy nodes, old tunnels, and at the stop all tunnels.</summary>
    public static IServiceCollection AddClosing(this IServiceCollection services) =>
        services.AddHostedService<UnhealthyCloser>().AddHostedService<LifetimeWorker>()
            .AddSingleton<ShutdownWorker>()
            .AddHostedService(provider => provider.GetRequiredService<ShutdownWorker>())
            .AddSingleton<IPostConfigureOptions<HostOptions>, ShutdownTime>();
}
