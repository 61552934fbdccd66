using Microsoft.Extensions.DependencyInjection;

namespace WsBalancer.Proxy.Identity;

/// <summary>Adds the service that reads the addresses of clients from a PROXY header.</summary>
internal static class IdentityServices
{
    public static IServiceCollection AddIdentity(this IServiceCollection services) =>
        services.AddSingleton<ProxyProtocolMiddleware>();
}
