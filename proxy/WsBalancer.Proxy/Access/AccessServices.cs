using Microsoft.Extensions.DependencyInjection;

namespace WsBalancer.Proxy.Access;

/// <summary>Adds the access log and its writer.</summary>
internal static class AccessServices
{
    public static IServiceCollection AddAccess(this IServiceCollection services) =>
        services.AddSingleton<AccessLog>().AddSingleton<AccessWriter>()
            .AddHostedService(static provider => provider.GetRequiredService<AccessWriter>());
}
