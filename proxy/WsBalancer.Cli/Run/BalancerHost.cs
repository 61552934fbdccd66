using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using WsBalancer.Proxy;
using WsBalancer.Proxy.State;

namespace WsBalancer.Cli.Run;

/// <summary>Builds the host that carries users. The admin host comes with the library.</summary>
internal static class BalancerHost
{
    private const string DefaultUrl = "http://127.0.0.1:8080";

    /// <param name="configuration">What it runs on.</param>
    /// <param name="folder">The folder of the configuration file, where a relative state file is.</param>
    public static WebApplication Build(AppliedConfiguration configuration, string folder)
    {
        // Empty: no appsettings.json and no ASPNETCORE_*; what is not in the configuration is a default of ours.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "wsbalancer" });
        ((IConfigurationBuilder)builder.Configuration).Add(configuration);
        AddLogging(builder);
        AddServer(builder);
        builder.Services.AddSingleton(new StateFolder(folder));
        builder.Services.AddReverseProxy()
            .LoadFromConfig(builder.Configuration.GetSection(ConfigurationCheck.ProxySection))
            .AddWsBalancer();
        builder.Services.AddHostedService<MemoryTrim>();

        var app = builder.Build();
        app.UseRouting();
        app.MapWsBalancer();
        return app;
    }

    private static void AddServer(WebApplicationBuilder builder)
    {
        var endpoints = builder.Configuration.GetSection("Kestrel");
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(server =>
        {
            server.AddServerHeader = false;
            server.UseWsBalancerRequests();

            // Bodies are the nodes' business, and a slow reader is bounded by YARP's activity timeout, which looks at
            // both sides; the server's own rate limit would also reset tunnels of clients that pause.
            server.Limits.MaxRequestBodySize = null;
            server.Limits.MinResponseDataRate = null;

            // Addresses are read at the start only: rebinding ends every tunnel of an endpoint within seconds.
            server.Configure(endpoints, reloadOnChange: false);
        });

        // Nothing in this program blocks: requests stay on the thread that their bytes came on.
        builder.WebHost.UseWsBalancerSockets(sockets => sockets.PreferInlineScheduling = true);
        if (!endpoints.GetSection("Endpoints").Exists())
        {
            builder.WebHost.UseUrls(builder.Configuration["Urls"] ?? DefaultUrl);
        }
    }

    private static void AddLogging(WebApplicationBuilder builder)
    {
        builder.Logging.AddConfiguration(builder.Configuration.GetSection("Logging"));
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
            console.ColorBehavior = LoggerColorBehavior.Disabled;
        });
        builder.Services.Configure<ConsoleLoggerOptions>(
            console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        if (!builder.Configuration.GetSection("Logging:LogLevel").Exists())
        {
            // YARP and the server log every request at Information, with its query string, where user ids stand.
            builder.Logging.SetMinimumLevel(LogLevel.Information);
            builder.Logging.AddFilter("Microsoft", LogLevel.Warning);

            // A start that fails is told in one sentence by the program, not with a trace.
            builder.Logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.Critical);
            builder.Logging.AddFilter("Yarp", LogLevel.Warning);
            builder.Logging.AddFilter("Yarp.ReverseProxy.Forwarder", LogLevel.None);
        }
    }
}
