using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using WsBalancer.BackendSample.Access;
using WsBalancer.BackendSample.Api;
using WsBalancer.BackendSample.Chat;
using WsBalancer.BackendSample.History;
using WsBalancer.BackendSample.Presence;
using WsBalancer.BackendSample.Registration;
using WsBalancer.BackendSample.Sessions;
using WsBalancer.BackendSample.Telemetry;

namespace WsBalancer.BackendSample.Serving;

/// <summary>Builds a node. Only its options configure it: no environment variables, no settings file.</summary>
internal static class NodeHost
{
    // Sessions end within their own close timeout; this margin is for the rest of the shutdown.
    private static readonly TimeSpan ShutdownMargin = TimeSpan.FromSeconds(10);

    private const int MaxReadAhead = 64 * 1024;

    /// <exception cref="System.Net.Sockets.SocketException">The embedded Redis cannot listen.</exception>
    public static WebApplication Build(NodeOptions options, Action<IServiceCollection>? configure = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls(options.Urls);

        // Bytes that Kestrel reads ahead are not yet counted as a message, so their limit is lower than the default of
        // 1 MB.
        builder.WebHost.UseSockets(sockets => sockets.MaxReadBufferSize = MaxReadAhead);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.ConfigureEndpointDefaults(ConnectionHandover.Use);
        });
        builder.Services.Configure<HostOptions>(host =>
            host.ShutdownTimeout = options.DrainTimeout + options.CloseTimeout + ShutdownMargin);
        AddLog(builder.Logging);

        // The log shows no scopes, and Kestrel's scope of each connection would use 150 bytes of it.
        builder.Services.Configure<LoggerFilterOptions>(log => log.CaptureScopes = false);
        AddNode(builder.Services, options);
        configure?.Invoke(builder.Services);

        var app = builder.Build();
        app.UseWebSockets();
        if (BusServices.KindOf(options) is BusKind.Local)
        {
            var logger = app.Services.GetRequiredService<ILogger<NodeEndpoint>>();
            ServingLog.HasNoRedis(logger, options.Name);
        }

        app.Run(app.Services.GetRequiredService<NodeEndpoint>().AnswerAsync);
        return app;
    }

    private static void AddLog(ILoggingBuilder log) => log
        // Standard output contains only the line that reports the node as ready.
        .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace)
        .AddSimpleConsole(console => console.SingleLine = true)
        .AddFilter("Microsoft", LogLevel.Warning)
        // This logger writes nothing at the level above. Disabling it also avoids an activity and a log scope for each
        // request.
        .AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None)
        // An address in use is a common mistake: the command reports it in one line, without a stack trace.
        .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);

    private static void AddNode(IServiceCollection services, NodeOptions options)
    {
        services.AddSingleton<SessionRegistry>();
        services.AddSingleton<SessionDrain>();
        services.AddSingleton<MessageMemory>();
        services.AddSingleton<ShedCount>();
        services.AddSingleton<SessionLimits>();
        services.AddSingleton<DeviceTypes>();
        services.AddSingleton<SenderRates>();
        services.AddSingleton<Admission>();
        services.AddSingleton<MessageHistory>();
        services.AddSingleton<RoomMembership>();
        services.AddSingleton<Conversation>();
        services.AddSingleton<HandshakeEndpoint>();
        services.AddSingleton<ChatPage>();
        services.AddSingleton<ApiAdmission>();
        services.AddSingleton<MessagePublisher>();
        services.AddSingleton<MessageApi>();
        services.AddSingleton<ApiEndpoint>();
        services.AddSingleton<DrainEndpoint>();
        services.AddSingleton<NodeEndpoint>();
        services.AddHostedService<SessionShutdown>();
        services.AddHostedService<MemoryTrim>();
        services.AddHostedService<IdleSessions>();
        services.AddSingleton<NodeStatsReader>();
        services.AddSingleton<NodeMetrics>();
        BusServices.Add(services, options);
        PresenceServices.AddTo(services, BusServices.HasRedis(options));
        if (options is { Registration: { } registration, Redis: not null })
        {
            // Registered after SessionShutdown, and therefore stopped before it.
            services.AddHostedService(provider => ActivatorUtilities.CreateInstance<NodeRegistrar>(
                provider, registration, () => AddressOf(provider)));
        }
    }

    // Contains the real port if port 0 was requested.
    private static string AddressOf(IServiceProvider provider) =>
        provider.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First();
}
