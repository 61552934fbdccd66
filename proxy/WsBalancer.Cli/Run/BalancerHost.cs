using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using WsBalancer.Proxy;
using WsBalancer.Proxy.Checking;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Serving;
using WsBalancer.Proxy.State;

namespace WsBalancer.Cli.Run;

/// <summary>Builds the host of the users' connections. The host of the admin API is a service of the library.</summary>
internal static class BalancerHost
{
    /// <param name="configuration">The configuration of the host.</param>
    /// <param name="folder">
    /// The folder of the configuration file, at which the relative path of a state file starts.
    /// </param>
    /// <param name="logLevel">The minimum level of the balancer's own log; null for that of the configuration.</param>
    public static WebApplication Build(AppliedConfiguration configuration, string folder, string? logLevel = null)
    {
        // An empty builder reads no appsettings.json and no ASPNETCORE_*: a missing key has a default of this program.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "wsbalancer" });
        ((IConfigurationBuilder)builder.Configuration).Add(configuration);
        if (logLevel is not null)
        {
            ((IConfigurationBuilder)builder.Configuration).AddInMemoryCollection(LevelOf(logLevel, builder));
        }

        AddLogging(builder);
        AddServer(builder);
        builder.Services.AddSingleton(new ConfigurationFolder(folder)).AddSingleton<IReloads>(configuration);
        builder.Services.AddReverseProxy()
            .LoadFromConfig(builder.Configuration.GetSection(ConfigurationCheck.ProxySection))
            .AddWsBalancer();
        builder.Services.CreateKeysOnDemand();
        builder.Services.AddServerRejections();
        builder.Services.AddHostedService<MemoryTrim>();

        var app = builder.Build();
        app.UseServerRejections();
        app.UseRouting();
        app.MapWsBalancer();
        return app;
    }

    private static void AddServer(WebApplicationBuilder builder)
    {
        var kestrel = builder.Configuration.GetSection(ConfigurationCheck.ServerSection);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(server =>
        {
            ServerDefaults.Set(server);
            new ServerLimits([]).Apply(kestrel, server);
            server.UseWsBalancerRequests();

            // Must be called before the endpoints are read: the PROXY header is sent before TLS.
            server.ConfigureEndpointDefaults(static endpoint =>
            {
                endpoint.UseWsBalancerProxyProtocol();
                endpoint.UseWsBalancerRequests();
            });

            // Addresses are read at the start only: rebinding ends every tunnel of an endpoint within seconds.
            server.Configure(kestrel, reloadOnChange: false);
        });

        // No code of this program blocks: a request can run on the thread that received its bytes.
        builder.WebHost.UseWsBalancerSockets(sockets => sockets.PreferInlineScheduling = true);
        if (!kestrel.GetSection("Endpoints").Exists())
        {
            builder.WebHost.UseUrls(builder.Configuration[ListenAddresses.Urls] ?? ListenAddresses.DefaultUrl);
        }
    }

    // A level under Console has precedence over a level that is not.
    private static IEnumerable<KeyValuePair<string, string?>> LevelOf(string level, WebApplicationBuilder builder)
    {
        const string Levels = "LogLevel:WsBalancer";
        yield return new($"{ConfigurationCheck.LogSection}:{Levels}", level);
        if (builder.Configuration.GetSection($"{ConfigurationCheck.LogSection}:Console:LogLevel").Exists())
        {
            yield return new($"{ConfigurationCheck.LogSection}:Console:{Levels}", level);
        }
    }

    private static void AddLogging(WebApplicationBuilder builder)
    {
        builder.Logging.AddConfiguration(builder.Configuration.GetSection(ConfigurationCheck.LogSection));
        builder.Logging.AddLog();
        builder.Services.AddSingleton<IConfigureOptions<LoggerFilterOptions>>(new DefaultLevels(builder.Configuration));
    }
}
