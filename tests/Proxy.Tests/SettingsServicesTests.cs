using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Settings;

namespace WsBalancer.Proxy.Tests;

public sealed class SettingsServicesTests
{
    // Microsoft's container knows its services without creating them; other containers need not.
    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task UserKey_IsNotRequired_WithASourceInAnyContainer(bool knowsItsServices, bool createsTheSource)
    {
        var isCreated = false;
        await using var container = Build(
            services => services.AddSingleton<IUserKeySource>(_ =>
            {
                isCreated = true;
                return new OneUser();
            }),
            knowsItsServices);

        Assert.Equal(["chat"], container.Read().Current.Keys);
        Assert.Equal(createsTheSource, isCreated);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task UserKey_IsRequired_WithoutASourceInAnyContainer(bool knowsItsServices)
    {
        await using var container = Build(static _ => { }, knowsItsServices);

        Assert.Throws<SettingsException>(container.Read);
    }

    private static Container Build(Action<IServiceCollection> configure, bool knowsItsServices)
    {
        var settings = ChatSettings.OfNodes("ws-1").With(ChatSettings.Ours + "OnMissingUserKey", "Spread");
        settings.Remove(ChatSettings.Ours + "UserKey");
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        var services = new ServiceCollection();
        services.AddLogging().AddSingleton<IReloads, NoReloads>();
        services.AddSettings(configuration.GetSection("WsBalancer"), []);
        configure(services);
        return new Container(services, knowsItsServices);
    }

    private sealed class OneUser : IUserKeySource
    {
        public string? FindUser(HttpContext context) => "alice";
    }

    private sealed class Container(IServiceCollection services, bool knowsItsServices)
        : IServiceProvider, IAsyncDisposable
    {
        private readonly ServiceProvider _services = services.BuildServiceProvider();

        public object? GetService(Type serviceType) =>
            serviceType == typeof(IServiceProviderIsService) && !knowsItsServices
                ? null
                : _services.GetService(serviceType);

        public SettingsSource Read()
        {
            var source = services.Single(service => service.ServiceType == typeof(SettingsSource));
            return (SettingsSource)source.ImplementationFactory!(this);
        }

        public ValueTask DisposeAsync() => _services.DisposeAsync();
    }
}
