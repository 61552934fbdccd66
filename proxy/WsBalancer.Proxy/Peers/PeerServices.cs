using Microsoft.Extensions.DependencyInjection;

namespace WsBalancer.Proxy.Peers;

/// <summary>Adds the services that compare this balancer with the others of its fleet.</summary>
internal static class PeerServices
{
    public static IServiceCollection AddPeers(this IServiceCollection services) =>
        services.AddSingleton<OtherBalancers>().AddSingleton<Agreement>()
            .AddHostedService(provider => provider.GetRequiredService<Agreement>());
}
