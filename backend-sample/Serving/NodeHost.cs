using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection.Extensions;
using WsBalancer.BackendSample.Messaging;
using WsBalancer.BackendSample.Redis;
using WsBalancer.BackendSample.Registration;
using WsBalancer.BackendSample.Sessions;

namespace WsBalancer.BackendSample.Serving;

/// <summary>Puts a node together. Only its options decide how it runs: no environment, no settings file.</summary>
internal static class NodeHost
{
    // The sessions end by their own close timeout; this is for what comes after them.
    private static readonly TimeSpan ShutdownMargin = TimeSpan.FromSeconds(10);

    private const int MostReadAhead = 64 * 1024;

    public static WebApplication Build(NodeOptions options, Action<IServiceCollection>? configure = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls(options.Urls);

        // Bytes that are read ahead do not count as a message yet: so they are fewer than the default of 1 MB.
        builder.WebHost.UseSockets(sockets => sockets.MaxReadBufferSize = MostReadAhead);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // A limit for bodies, which a WebSocket over HTTP/2 would count against.
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.ConfigureEndpointDefaults(ConnectionHandover.Use);
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.CloseTimeout + ShutdownMargin);
        AddLog(builder.Logging);
        AddNode(builder.Services, options);
        configure?.Invoke(builder.Services);

        var app = builder.Build();
        app.UseWebSockets();
        if (options.Redis is null)
        {
            var logger = app.Services.GetRequiredService<ILogger<NodeEndpoint>>();
            ServingLog.StandsAlone(logger, options.Name);
        }

        app.Run(app.Services.GetRequiredService<NodeEndpoint>().AnswerAsync);
        return app;
    }

    private static void AddLog(ILoggingBuilder log) => log
        // Standard output is for the line that says the node is ready.
        .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace)
        .AddSimpleConsole(console => console.SingleLine = true)
        .AddFilter("Microsoft", LogLevel.Warning)
        // Without this logger, whose lines are below the level above, no request gets an activity and a log scope.
        .AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None)
        // An address in use is an everyday mistake: one line says it, not a stack trace as well.
        .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);

    private static void AddNode(IServiceCollection services, NodeOptions options)
    {
        services.AddSingleton(options);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<Audience>();
        services.AddSingleton<Subscriptions>();
        services.AddSingleton<SessionRegistry>();
        services.AddSingleton<MessageMemory>();
        services.AddSingleton<Conversation>();
        services.AddSingleton<NodeEndpoint>();
        services.AddHostedService<PoliteLeave>();
        services.AddHostedService<MemoryTrim>();
        if (options.Redis is null)
        {
            services.AddSingleton<IMessageBus, LocalBus>();
            return;
        }

        services.AddSingleton(provider => new RedisLink(
            options.Redis, options.Name, provider.GetRequiredService<ILogger<RedisLink>>()));
        services.AddSingleton<RedisBus>();
        services.AddSingleton<IMessageBus>(provider => provider.GetRequiredService<RedisBus>());
        services.AddHostedService<RedisWorker>();
        if (options.Registration is { } registration)
        {
            // After PoliteLeave, and so told to stop before it.
            services.AddHostedService(provider => ActivatorUtilities.CreateInstance<NodeRegistrar>(
                provider, registration, () => AddressOf(provider)));
        }
    }

    // With the real port, if a free one was asked for.
    private static string AddressOf(IServiceProvider provider) =>
        provider.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First();
}
