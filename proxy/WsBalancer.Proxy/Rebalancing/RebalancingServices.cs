using Microsoft.Extensions.DependencyInjection;

namespace WsBalancer.Proxy.Rebalancing;

/// <summary>Adds the services that rebalance clusters, on request and by themselves.</summary>
internal static class RebalancingServices
{
    public static IServiceCollection AddRebalancing(this IServiceCollection services) =>
        services.AddSingleton<RebalanceRegistry>().AddSingleton<RebalanceOperations>()
            .AddHostedService<RebalanceWorker>().AddHostedService<AutoRebalance>();
}
