using Microsoft.AspNetCore.Authentication;

namespace WsBalancer.SampleApplication;

/// <summary>A YARP application with authentication, transforms, and WebSockets that the ring places.</summary>
public static class Sample
{
    /// <param name="args">Settings that override those of <c>appsettings.json</c>, such as <c>--Urls=…</c>.</param>
    public static WebApplication Build(params string[] args)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = args,
            ContentRootPath = AppContext.BaseDirectory,
        });

        // Opt-in: on Linux, tunnels without TLS are moved from Kestrel to the balancer's own event loops after the
        // handshake.
        builder.WebHost.UseWsBalancerSockets();

        builder.Services.AddAuthentication(ApiKeys.Name)
            .AddScheme<AuthenticationSchemeOptions, ApiKeys>(ApiKeys.Name, null);
        builder.Services.AddAuthorization();
        builder.Services.AddHealthChecks().AddWsBalancer();
        builder.Services.AddReverseProxy()
            .LoadFromConfig(builder.Configuration.GetSection("ReverseProxy"))
            .ConfigureHttpClient((_, handler) => handler.SslOptions.TargetHost = "nodes.example")
            .AddWsBalancer(settings => settings["State:Path"] = "off");

        var app = builder.Build();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapHealthChecks("/health");
        app.MapFleet();
        app.MapWsBalancer();
        return app;
    }
}
