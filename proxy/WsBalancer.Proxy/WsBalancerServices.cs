using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WsBalancer.Proxy;
using WsBalancer.Proxy.Access;
using WsBalancer.Proxy.Admin;
using WsBalancer.Proxy.Admission;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Health;
using WsBalancer.Proxy.Identity;
using WsBalancer.Proxy.Moving;
using WsBalancer.Proxy.Placement;
using WsBalancer.Proxy.Placement.Native;
using WsBalancer.Proxy.Sockets;
using WsBalancer.Proxy.Sockets.Engines;
using WsBalancer.Proxy.Sockets.Http;
using WsBalancer.Proxy.Sockets.Loops;
using WsBalancer.Proxy.Sockets.Names;
using WsBalancer.Proxy.Sockets.Transport;
using WsBalancer.Proxy.State;
using WsBalancer.Proxy.Telemetry;
using WsBalancer.Proxy.Tunnels;
using WsBalancer.Proxy.Tunnels.Native;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;
using Yarp.ReverseProxy.Transforms.Builder;

#pragma warning disable IDE0130 // The namespace in which YARP's own extensions are found.
namespace Microsoft.Extensions.DependencyInjection;
#pragma warning restore IDE0130

/// <summary>Adds WebSocket balancing to YARP.</summary>
public static class WsBalancerServices
{
    /// <summary>
    /// Places the clusters that are named under <c>WsBalancer:Clusters</c> in the application's configuration by a
    /// consistent-hash ring of their users. Also starts the admin host at <c>WsBalancer:Admin:Url</c>. The pipeline
    /// must be mapped with <c>MapWsBalancer</c>, or have <c>UseWsBalancer</c>: without, the start fails.
    /// </summary>
    /// <param name="builder">YARP's, after <c>AddReverseProxy</c>.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="InvalidOperationException">YARP's forwarder is not registered.</exception>
    public static IReverseProxyBuilder AddWsBalancer(this IReverseProxyBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);

        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<SettingsSource>(provider => new SettingsSource(
            provider.GetRequiredService<IConfiguration>(),
            provider.GetRequiredService<Logging.ILogger<SettingsSource>>(),

            // What reloads the configuration as a whole reports this, too.
            reportsRestart: provider.GetService<IReloads>() is null));
        services.AddSingleton<IClusterSettingsSource>(provider => provider.GetRequiredService<SettingsSource>());
        services.AddSingleton(provider => provider.GetRequiredService<SettingsSource>().Settings.Admin);
        services.AddSingleton(provider => provider.GetRequiredService<SettingsSource>().Settings.Shutdown);

        services.AddSingleton<BalancerRegistry>();
        services.AddSockets().AddTunnels().AddIdentity().AddState().AddFleet().AddHealth().AddAccess().AddPlacement();
        services.AddAdmission().AddMoving();
        builder.AddConfigFilter<ClusterFilter>();

        // Last: of the hosted services it is stopped after all the others.
        services.AddAdmin();
        return builder;
    }

    private static IServiceCollection AddSockets(this IServiceCollection services)
    {
        LimitedTransport.Register(services);
        services.AddHostedService(provider => new DescriptorCheck(
            services, provider.GetRequiredService<Logging.ILogger<DescriptorCheck>>()));
        services.AddSingleton(provider => provider.GetRequiredService<SettingsSource>().Settings.Sockets);
        services.AddSingleton<SourceAddresses>(provider =>
        {
            var sources = ActivatorUtilities.CreateInstance<SourceAddresses>(provider);
            sources.ThrowIfForeign();
            return sources;
        });
        services.AddSingleton<HeaderEncoding>().AddHostedService<ProcessMetrics>();
        services.TryAddSingleton<INameResolver, SystemNameResolver>();

        // Header values of nodes are bytes, unless the application has configured an encoding.
        services.PostConfigure<KestrelServerOptions>(server => server.ResponseHeaderEncodingSelector =
            server.ResponseHeaderEncodingSelector == new KestrelServerOptions().ResponseHeaderEncodingSelector
                ? static _ => HeaderBytes.Instance
                : server.ResponseHeaderEncodingSelector);
        return services.AddSingleton<NameCache>().AddSingleton<NodeDialer>().AddSingleton<LoopDialer>();
    }

    private static IServiceCollection AddTunnels(this IServiceCollection services)
    {
        services.AddSingleton<TunnelRegistry>().AddSingleton<TunnelMetrics>().AddHostedService<TunnelSweep>();
        return services.AddSingleton(static provider => new BufferGuard(
            provider.GetRequiredService<TunnelRegistry>(),
            provider.GetRequiredService<SocketsOptions>(),
            provider.GetService<EventLoops>()?.Store,
            provider.GetRequiredService<ILogger<BufferGuard>>()))
            .AddHostedService(static provider => new TunnelAudit(
                provider.GetRequiredService<TunnelRegistry>(),
                provider.GetService<EventLoops>()?.All ?? [],
                provider.GetRequiredService<BalancerRegistry>().CreateGauge(
                    "wsbalancer_sockets_unowned", "Connections and tunnels without an owner: a fault of the balancer."),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<TunnelAudit>>()));
    }

    private static IServiceCollection AddIdentity(this IServiceCollection services) =>
        services.AddSingleton(provider => new ProxyProtocolMiddleware(
            () => provider.GetRequiredService<SettingsSource>().Settings.ProxyProtocol,
            provider.GetRequiredService<IClientRefusal>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<Logging.ILogger<ProxyProtocolMiddleware>>()));

    private static IServiceCollection AddState(this IServiceCollection services)
    {
        services.AddSingleton(provider => provider.GetRequiredService<SettingsSource>().Settings.State);
        services.AddSingleton(provider =>
        {
            var admin = provider.GetRequiredService<AdminOptions>();
            return BalancerName.Of(provider.GetRequiredService<StateOptions>(), admin.Url.Port, admin.SocketPath);
        });
        services.TryAddSingleton(provider => new StateFolder(
            provider.GetRequiredService<IHostEnvironment>().ContentRootPath));
        services.AddSingleton<BadRecords>().AddSingleton(CreateStateStore).AddHostedService<StateMetrics>();
        services.AddSingleton<Peers>().AddSingleton<SpentRecords>().AddSingleton<Disconnections>();
        services.AddSingleton<RedisLink>().AddSingleton<StateExchange>().AddSingleton<PeerExchange>();
        services.AddSingleton<DisconnectionChannel>().AddSingleton<SharingState>().AddSingleton<RedisSharing>();
        services.AddSingleton(provider => new RedisMembership(
            provider.GetRequiredService<RedisLink>(),
            () => provider.GetRequiredService<SettingsSource>().Current.Keys,
            provider.GetRequiredService<BadRecords>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<Logging.ILogger<RedisMembership>>()));
        services.AddSingleton<IMembershipSource>(provider => IfShared<RedisMembership>(provider) is { } redis
            ? redis
            : new NoMembership());
        services.AddHostedService(provider => new StateWorker(
            provider.GetRequiredService<StateStore>(),
            IfShared<RedisSharing>(provider),
            provider.GetRequiredService<TimeProvider>()));
        return services;
    }

    // Without a Redis in the settings nothing of all that is ever created.
    private static T? IfShared<T>(IServiceProvider provider)
        where T : class =>
        provider.GetRequiredService<StateOptions>().IsShared ? provider.GetRequiredService<T>() : null;

    private static StateStore CreateStateStore(IServiceProvider provider)
    {
        var folder = provider.GetRequiredService<StateFolder>().Path;
        var file = provider.GetRequiredService<StateOptions>().FileIn(folder) is { } path
            ? new StateFile(
                path,
                provider.GetRequiredService<BadRecords>(),
                provider.GetRequiredService<Logging.ILogger<StateFile>>())
            : null;
        try
        {
            var store = new StateStore(
                provider.GetRequiredService<BalancerName>().Id,
                file,
                provider.GetRequiredService<Logging.ILogger<StateStore>>());
            if (!provider.GetRequiredService<StateOptions>().IsShared)
            {
                store.Spent = provider.GetRequiredService<SpentRecords>();
            }

            return store.Load();
        }
        catch
        {
            file?.Dispose();
            throw;
        }
    }

    private static IServiceCollection AddFleet(this IServiceCollection services)
    {
        services.AddSingleton<FleetMetrics>().AddSingleton<FleetNews>();
        services.AddSingleton<FleetPlanner>().AddSingleton<FleetChanges>();
        services.AddSingleton<FleetRegistry>().AddSingleton<FleetLosses>().AddSingleton<FleetMoves>()
            .AddSingleton<ReloadGuard>();
        services.AddSingleton<Registrations>().AddHostedService<RegistrationWorker>();
        services.AddSingleton(provider => new Lazy<IProxyStateLookup>(provider.GetRequiredService<IProxyStateLookup>));
        services.AddSingleton<IClusterChangeListener>(provider => provider.GetRequiredService<FleetRegistry>());
        return services;
    }

    private static IServiceCollection AddHealth(this IServiceCollection services)
    {
        services.AddSingleton<Readiness>().AddSingleton<ReadinessCheck>().AddSingleton<HandshakeOutcomes>();
        return services.AddSingleton<NodeProbe>().AddSingleton<HealthMonitor>()
            .AddHostedService(provider => provider.GetRequiredService<HealthMonitor>());
    }

    private static IServiceCollection AddAccess(this IServiceCollection services)
    {
        services.AddSingleton<Func<AccessLogOptions>>(static provider =>
        {
            var settings = provider.GetRequiredService<SettingsSource>();
            return () => settings.Settings.AccessLog;
        });
        services.AddSingleton<Func<TrustedProxies>>(static provider =>
        {
            var settings = provider.GetRequiredService<SettingsSource>();
            return () => settings.Settings.TrustedProxies;
        });
        return services.AddSingleton<AccessLog>().AddSingleton<AccessWriter>()
            .AddHostedService(static provider => provider.GetRequiredService<AccessWriter>());
    }

    private static IServiceCollection AddPlacement(this IServiceCollection services)
    {
        services.AddSingleton<RecentFailures>().AddSingleton<PlacementMetrics>();
        services.AddSingleton<Rejecter>().AddSingleton<OwnAnswer>();
        services.AddSingleton<AttemptJudge>().AddSingleton<RequestIntake>().AddSingleton<RouteGuard>();
        services.AddSingleton<IConfigChangeListener>(provider => provider.GetRequiredService<RouteGuard>());
        services.AddSingleton(provider =>
        {
            var settings = provider.GetRequiredService<SettingsSource>();
            return new RejectionLog(
                () => settings.Settings.Log,
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<Logging.ILogger<Rejecter>>());
        });
        services.AddSingleton<IClientRefusal, ClientRefusal>();
        services.AddSingleton<HandshakePlacement>().AddSingleton<RequestPlacement>();
        services.AddSingleton<PipelineMark>().AddHostedService<PipelineCheck>();
        services.AddSingleton<IForwarderHttpClientFactory, NodeHttpClientFactory>().AddSingleton<NativePath>();
        services.AddSingleton<ITransformProvider>(provider =>
        {
            var settings = provider.GetRequiredService<SettingsSource>();
            return new ForwardedHeaders(
                () => settings.Settings.TrustedProxies,
                () => settings.Settings.ForwardedHeaders,
                settings.Current.ContainsKey,
                (cluster, name) => settings.Current[cluster].Get<IdentityOptions>().ReadsHeader(name));
        });
        services.AddSingleton<ITransformProvider>(provider =>
            new LastTransforms(provider.GetRequiredService<SettingsSource>().Current.ContainsKey));
        services.DecorateForwarder();
        services.OrderTransforms();
        return services;
    }

    private static IServiceCollection AddAdmission(this IServiceCollection services)
    {
        services.AddSingleton<AdmissionControl>();
        services.AddSingleton<IAdmission>(provider => provider.GetRequiredService<AdmissionControl>());
        return services.AddHostedService(provider => provider.GetRequiredService<AdmissionControl>());
    }

    private static IServiceCollection AddMoving(this IServiceCollection services)
    {
        services.AddSingleton<PacedCloser>().AddSingleton<OtherBalancers>().AddSingleton<MovingNews>();
        services.AddSingleton<DrainRuns>().AddSingleton<Drains>().AddHostedService<DrainWorker>();
        services.AddSingleton<Agreement>().AddHostedService(provider => provider.GetRequiredService<Agreement>());
        services.AddSingleton<RebalanceRuns>().AddSingleton<Rebalances>().AddHostedService<RebalanceWorker>();
        services.AddHostedService<AutoRebalance>();
        services.AddSingleton<Disconnects>().AddHostedService(provider => provider.GetRequiredService<Disconnects>());
        services.AddSingleton<OwnReport>().AddHostedService(provider => provider.GetRequiredService<OwnReport>());
        services.AddHostedService<MovingMetrics>();
        services.AddHostedService<UnhealthyCloser>().AddHostedService<LifetimeWorker>();
        services.AddSingleton<ShutdownWorker>();
        services.AddHostedService(provider => provider.GetRequiredService<ShutdownWorker>());

        // The server waits for the tunnels as long as closing them may take, and a little longer for the last answers.
        services.AddOptions<HostOptions>().Configure<ShutdownOptions>((host, shutdown) =>
            host.ShutdownTimeout = shutdown.Delay + shutdown.Timeout + TimeSpan.FromSeconds(15));
        return services;
    }

    // Providers that an application adds later would otherwise follow the balancer's.
    private static void OrderTransforms(this IServiceCollection services)
    {
        var yarp = services.LastOrDefault(service => service.ServiceType == typeof(ITransformBuilder))
            ?.ImplementationType ?? throw new InvalidOperationException("AddWsBalancer comes after AddReverseProxy.");
        services.AddSingleton(provider => (ITransformBuilder)ActivatorUtilities.CreateInstance(
            provider, yarp, LastTransforms.Order(provider.GetServices<ITransformProvider>())));
    }

    private static void DecorateForwarder(this IServiceCollection services)
    {
        var yarp = services.LastOrDefault(service => service.ServiceType == typeof(IHttpForwarder))?.ImplementationType
            ?? throw new InvalidOperationException("AddWsBalancer comes after AddReverseProxy.");
        services.AddSingleton<IHttpForwarder>(provider => new PlacedForwarder(
            (IHttpForwarder)ActivatorUtilities.CreateInstance(provider, yarp),
            provider.GetRequiredService<NativePath>(),
            provider.GetRequiredService<SettingsSource>(),
            provider.GetRequiredService<TimeProvider>()));
    }
}
