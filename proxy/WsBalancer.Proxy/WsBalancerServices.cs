using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using WsBalancer.Proxy;
using WsBalancer.Proxy.Access;
using WsBalancer.Proxy.Admission;
using WsBalancer.Proxy.Closing;
using WsBalancer.Proxy.Draining;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Health;
using WsBalancer.Proxy.Identity;
using WsBalancer.Proxy.Peers;
using WsBalancer.Proxy.Placement;
using WsBalancer.Proxy.Placement.Native;
using WsBalancer.Proxy.Rebalancing;
using WsBalancer.Proxy.Settings;
using WsBalancer.Proxy.Sockets;
using WsBalancer.Proxy.Telemetry;
using WsBalancer.Proxy.Tunnels;
using WsBalancer.Proxy.Tunnels.Native;
using WsBalancer.Sockets.Engines;
using WsBalancer.Sockets.Transport;
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
    /// consistent-hash ring of their users, and starts the admin host at <c>WsBalancer:Admin:Url</c>. With such a
    /// cluster, the start fails if YARP does not have it, or if the pipeline is not mapped with <c>MapWsBalancer</c>
    /// and does not have <c>UseWsBalancer</c>. Has no effect if it was called before.
    /// </summary>
    /// <remarks>
    /// <see cref="HostOptions.ShutdownTimeout"/> is raised to <c>Shutdown:Delay</c> and <c>Shutdown:Timeout</c> and
    /// 15 s (45 s by default) if it is shorter, so that a stop can close all tunnels in order.
    /// </remarks>
    /// <param name="builder">YARP's builder, after <c>AddReverseProxy</c>.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="InvalidOperationException"><c>AddReverseProxy</c> was not called.</exception>
    public static IReverseProxyBuilder AddWsBalancer(this IReverseProxyBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);

        return IsAdded(builder.Services) ? builder : Add(builder, null, null);
    }

    /// <summary>
    /// Does what <see cref="AddWsBalancer(IReverseProxyBuilder)"/> does, with settings from a section of any name, of
    /// any configuration, which is followed when it changes. Kestrel's settings stay those of the application.
    /// </summary>
    /// <param name="builder">YARP's builder, after <c>AddReverseProxy</c>.</param>
    /// <param name="section">The section with the keys <c>Clusters</c>, <c>Admin</c>, <c>State</c>, …</param>
    /// <param name="configure">Settings in code; see
    /// <see cref="AddWsBalancer(IReverseProxyBuilder, Action{IDictionary{string, string}})"/>.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="InvalidOperationException"><c>AddReverseProxy</c> was not called, or <c>AddWsBalancer</c> was
    /// called before.</exception>
    public static IReverseProxyBuilder AddWsBalancer(
        this IReverseProxyBuilder builder,
        IConfigurationSection section,
        Action<IDictionary<string, string?>>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(section);

        ThrowIfAdded(builder.Services);
        return Add(builder, section, configure);
    }

    /// <summary>
    /// Does what <see cref="AddWsBalancer(IReverseProxyBuilder)"/> does, with settings in code, which replace those of
    /// the section <c>WsBalancer</c> and stay as they are when it changes.
    /// </summary>
    /// <param name="builder">YARP's builder, after <c>AddReverseProxy</c>.</param>
    /// <param name="configure">Adds settings by their key in the section, with values as they are in a file:
    /// <c>settings["Admin:Url"] = "off"</c>, <c>settings["Clusters:chat:UserKey"] = "claim:sub"</c>. Keys ignore case;
    /// a list has <c>:0</c>, <c>:1</c>, … behind its key. A value replaces the section or the list that has its key.
    /// Called once, before the method returns.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="InvalidOperationException"><c>AddReverseProxy</c> was not called, or <c>AddWsBalancer</c> was
    /// called before.</exception>
    public static IReverseProxyBuilder AddWsBalancer(
        this IReverseProxyBuilder builder, Action<IDictionary<string, string?>> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);

        ThrowIfAdded(builder.Services);
        return Add(builder, null, configure);
    }

    private static bool IsAdded(IServiceCollection services) =>
        services.Any(service => service.ServiceType == typeof(PipelineMark));

    private static void ThrowIfAdded(IServiceCollection services)
    {
        if (IsAdded(services))
        {
            throw new InvalidOperationException(
                "AddWsBalancer was called before, and these settings would have no effect: call it once, with all of "
                + "them.");
        }
    }

    private static IReverseProxyBuilder Add(
        IReverseProxyBuilder builder, IConfigurationSection? section, Action<IDictionary<string, string?>>? configure)
    {
        var services = builder.Services;
        if (!services.Any(service => service.ServiceType == typeof(IHttpForwarder)))
        {
            throw new InvalidOperationException("AddWsBalancer comes after AddReverseProxy.");
        }

        var code = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        configure?.Invoke(code);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<SettingsSource>(provider => new SettingsSource(
            new SettingsOrigin(
                section ?? provider.GetRequiredService<IConfiguration>().GetSection(BalancerSettings.Section), code),
            provider.GetRequiredService<Logging.ILogger<SettingsSource>>(),
            UseOf(provider)));
        services.AddSingleton<IClusterSettingsSource>(provider => provider.GetRequiredService<SettingsSource>());
        services.AddSingleton(provider => provider.GetRequiredService<SettingsSource>().Settings.Admin);
        services.AddSingleton(provider => provider.GetRequiredService<SettingsSource>().Settings.Shutdown);

        services.AddSingleton<BalancerRegistry>();
        services.AddSockets().AddTunnels().AddIdentity().AddState().AddFleet().AddHealth().AddAccess().AddPlacement();
        services.AddAdmission().AddMoving().AddHostedService<LimitMetrics>();
        builder.AddConfigFilter<ClusterFilter>();

        services.AddSingleton<IFleet, ApplicationFleet>();

        // The admin host is stopped in StoppedAsync, after StopAsync of all hosted services.
        services.AddAdmin();
        return builder;
    }

    // A host that reloads the configuration as a whole checks it first, and reports the keys that need a restart.
    private static SettingsUse UseOf(IServiceProvider provider)
    {
        var isWhole = provider.GetService<IReloads>() is not null;
        return new SettingsUse(
            ReportsRestart: !isWhole,
            // The source of user ids is not created here: it may use services that need these settings.
            NamesUsers: provider.GetRequiredService<IServiceProviderIsService>().IsService(typeof(IUserKeySource)),
            Yarp: isWhole ? null : provider.GetRequiredService<YarpClusters>());
    }

    private static IServiceCollection AddTunnels(this IServiceCollection services)
    {
        services.AddSingleton<TunnelRegistry>().AddSingleton<TunnelMetrics>().AddHostedService<TunnelSweep>();
        services.AddHostedService(static provider => new BufferMetrics(
            provider.GetRequiredService<BalancerRegistry>(),
            provider.GetRequiredService<TunnelRegistry>(),
            provider.GetRequiredService<SocketsOptions>(),
            provider.GetService<EventLoops>()?.Store));
        return services.AddSingleton(static provider => new BufferGuard(
            provider.GetRequiredService<TunnelRegistry>(),
            provider.GetRequiredService<SocketsOptions>(),
            provider.GetService<EventLoops>()?.Store,
            provider.GetRequiredService<ILogger<BufferGuard>>()))
            .AddHostedService(static provider => new TunnelAudit(
                provider.GetRequiredService<TunnelRegistry>(),
                provider.GetService<EventLoops>()?.All ?? [],
                provider.GetRequiredService<BalancerRegistry>().CreateGauge(
                    "wsbalancer_sockets_unowned",
                    "Connections and tunnels without an owner; not 0 is a bug of the balancer."),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<TunnelAudit>>()));
    }

    private static IServiceCollection AddIdentity(this IServiceCollection services) =>
        services.AddSingleton(provider => new ProxyProtocolMiddleware(
            () => provider.GetRequiredService<SettingsSource>().Settings.ProxyProtocol,
            provider.GetRequiredService<IConnectionRefusal>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<Logging.ILogger<ProxyProtocolMiddleware>>()));

    private static IServiceCollection AddFleet(this IServiceCollection services)
    {
        services.AddSingleton<FleetMetrics>().AddSingleton<FleetEvents>();
        services.AddSingleton<FleetPlanner>().AddSingleton<FleetChanges>();
        services.AddSingleton<FleetRegistry>().AddSingleton<FleetLosses>().AddSingleton<FleetMoves>()
            .AddSingleton<ReloadGuard>();
        services.AddSingleton<Registrations>().AddHostedService<RegistrationWorker>();
        services.AddSingleton(provider => new Lazy<IProxyStateLookup>(provider.GetRequiredService<IProxyStateLookup>));
        services.AddSingleton<IClusterChangeListener>(provider => provider.GetRequiredService<FleetRegistry>());
        services.AddSingleton<YarpClusters>().AddHostedService<RingClusterWatch>();
        services.AddSingleton<IConfigChangeListener>(provider => provider.GetRequiredService<YarpClusters>());
        return services;
    }

    private static IServiceCollection AddHealth(this IServiceCollection services)
    {
        services.AddSingleton<Readiness>().AddSingleton<ReadinessCheck>().AddSingleton<HandshakeOutcomes>();
        return services.AddSingleton<ProbeMetrics>().AddSingleton<NodeProbe>().AddSingleton<HealthMonitor>()
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
        services.AddSingleton<Rejecter>().AddSingleton<ProblemResponse>();
        services.AddSingleton<AttemptOutcomes>().AddSingleton<RequestIntake>().AddSingleton<RouteGuard>();
        services.AddSingleton<IConfigChangeListener>(provider => provider.GetRequiredService<RouteGuard>());
        services.AddSingleton(provider =>
        {
            var settings = provider.GetRequiredService<SettingsSource>();
            return new RejectionLog(
                () => settings.Settings.Log,
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<Logging.ILogger<Rejecter>>());
        });
        services.AddSingleton<IConnectionRefusal, ClientRefusal>();
        services.AddSingleton<IClientRefusal>(static provider => provider.GetRequiredService<IConnectionRefusal>());
        services.AddSingleton<TunnelOpening>().AddSingleton<HandshakeAttempts>().AddSingleton<RequestPlacement>();
        services.AddSingleton<PipelineMark>().AddHostedService<PipelineCheck>();
        services.AddSingleton<ApplicationClients>().AddSingleton<NodeHttpClientFactory>().AddSingleton<NativePath>();
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
            new OuterTransforms(provider.GetRequiredService<SettingsSource>().Current.ContainsKey));
        services.DecorateForwarder();
        services.OrderTransforms();
        services.ReplaceClients();
        return services;
    }

    private static IServiceCollection AddAdmission(this IServiceCollection services)
    {
        services.AddSingleton<AdmissionControl>();
        return services.AddHostedService(provider => provider.GetRequiredService<AdmissionControl>());
    }

    private static IServiceCollection AddMoving(this IServiceCollection services)
    {
        services.AddSingleton<PacedCloser>().AddSingleton<OtherBalancers>().AddSingleton<OperationEvents>();
        services.AddSingleton<DrainRegistry>().AddSingleton<DrainOperations>().AddHostedService<DrainWorker>();
        services.AddSingleton<Agreement>().AddHostedService(provider => provider.GetRequiredService<Agreement>());
        services.AddSingleton<RebalanceRegistry>().AddSingleton<RebalanceOperations>();
        services.AddHostedService<RebalanceWorker>();
        services.AddHostedService<AutoRebalance>();
        services.AddSingleton<DisconnectOperations>();
        services.AddHostedService(provider => provider.GetRequiredService<DisconnectOperations>());
        services.AddSingleton<BalancerReport>()
            .AddHostedService(provider => provider.GetRequiredService<BalancerReport>());
        services.AddHostedService<OperationMetrics>();
        services.AddHostedService<UnhealthyCloser>().AddHostedService<LifetimeWorker>();
        services.AddSingleton<ShutdownWorker>();
        services.AddHostedService(provider => provider.GetRequiredService<ShutdownWorker>());

        services.AddSingleton<IPostConfigureOptions<HostOptions>, ShutdownTime>();
        return services;
    }
}
