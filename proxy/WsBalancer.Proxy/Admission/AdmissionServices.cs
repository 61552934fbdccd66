using Microsoft.Extensions.DependencyInjection;

namespace WsBalancer.Proxy.Admission;

/// <summary>Adds the service that applies the limits.</summary>
internal static class AdmissionServices
{
    public static IServiceCollection AddAdmission(this IServiceCollection services)
    {
        services.AddSingleton<AdmissionControl>();
        return services.AddHostedService(provider => provider.GetRequiredService<AdmissionControl>());
    }
}
