using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace WsBalancer.Proxy;

/// <summary>
/// Creates the keys of data protection when something is encrypted with them, and not before. Session affinity of YARP
/// adds data protection, and the platform creates a key in the home folder of the process's user at the first start.
/// </summary>
internal static class KeysOnDemand
{
    /// <summary>Must be called after <c>AddReverseProxy</c>, which adds data protection.</summary>
    public static IServiceCollection CreateKeysOnDemand(this IServiceCollection services)
    {
        var platform = typeof(DataProtectionServiceCollectionExtensions).Assembly;
        var atStart = services.Where(service => service.ServiceType == typeof(IHostedService)
            && service.ImplementationType?.Assembly == platform).ToArray();
        foreach (var service in atStart)
        {
            services.Remove(service);
        }

        var create = services.LastOrDefault(service => service.ServiceType == typeof(IDataProtectionProvider))
            ?.ImplementationFactory ?? throw new InvalidOperationException("AddReverseProxy has to be called before.");
        return services.AddSingleton<IDataProtectionProvider>(provider => new LateProvider(
            new Lazy<IDataProtectionProvider>(() => (IDataProtectionProvider)create(provider))));
    }

    private sealed class LateProvider(Lazy<IDataProtectionProvider> inner) : IDataProtectionProvider
    {
        public IDataProtector CreateProtector(string purpose) => new LateProtector(
            new Lazy<IDataProtector>(() => inner.Value.CreateProtector(purpose)));
    }

    private sealed class LateProtector(Lazy<IDataProtector> inner) : IDataProtector
    {
        public IDataProtector CreateProtector(string purpose) => new LateProtector(
            new Lazy<IDataProtector>(() => inner.Value.CreateProtector(purpose)));

        public byte[] Protect(byte[] plaintext) => inner.Value.Protect(plaintext);

        public byte[] Unprotect(byte[] protectedData) => inner.Value.Unprotect(protectedData);
    }
}
