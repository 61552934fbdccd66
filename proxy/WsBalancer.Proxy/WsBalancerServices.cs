using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using WsBalancer.Proxy;
using WsBalancer.Proxy.Access;
using WsBalancer.Proxy.Admin;
using WsBalancer.Proxy.Admission;
using WsBalancer.Proxy.Closing;
using WsBalancer.Proxy.Draining;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Health;
using WsBalancer.Proxy.Http;
using WsBalancer.Proxy.Identity;
using WsBalancer.Proxy.Peers;
using WsBalancer.Proxy.Placement;
using WsBalancer.Proxy.Rebalancing;
using WsBalancer.Proxy.Sockets;
using WsBalancer.Proxy.State;
using WsBalancer.Proxy.Telemetry;
using WsBalancer.Proxy.Tunnels;
using Yarp.ReverseProxy.Forwarder;

#pragma warning disable IDE0130 // The namespace in which YARP's own extensions are found.
namespace Microsoft.Extensions.DependencyInjection;
#pragma warning restore IDE0130

/// <summary>Adds WebSocket balancing to YARP, and its readiness to the health checks of the application.</summary>
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

    /// <summary>
    /// Names the user of each request to a cluster that the ring places. Such a cluster then needs no <c>UserKey</c>.
    /// If the application names a user, no id is read from the request.
    /// </summary>
    /// <param name="builder">YARP's builder, before or after <c>AddWsBalancer</c>.</param>
    /// <param name="find">The id of the user; null if there is none. Called on several threads at a time. See
    /// <see cref="IUserKeySource.FindUser"/>.</param>
    /// <returns>The same builder.</returns>
    public static IReverseProxyBuilder UseUserKey(this IReverseProxyBuilder builder, Func<HttpContext, string?> find)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(find);

        builder.Services.AddSingleton<IUserKeySource>(new DelegateSource(find));
        return builder;
    }

    /// <summary>
    /// Adds a check that is healthy while the balancer is ready: it has started, it is not stopping, and each cluster
    /// has as many available nodes as its <c>Readiness:MinAvailableNodes</c> requires (0 by default). The check is that
    /// of <c>/readyz</c> of the admin host. Needs <c>AddWsBalancer</c> of YARP's builder.
    /// </summary>
    /// <param name="builder">The builder of <c>AddHealthChecks</c>.</param>
    /// <param name="name">The name of the check.</param>
    /// <param name="failureStatus">The status while the balancer is not ready; null for
    /// <see cref="HealthStatus.Unhealthy"/>.</param>
    /// <param name="tags">Tags, for filters of the application.</param>
    /// <returns>The same builder.</returns>
    public static IHealthChecksBuilder AddWsBalancer(
        this IHealthChecksBuilder builder,
        string name = "wsbalancer",
        HealthStatus? failureStatus = null,
        IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);

        return builder.Add(new HealthCheckRegistration(name, CreateCheck, failureStatus, tags));
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
            throw new InvalidOperationException("AddWsBalancer must be called after AddReverseProxy.");
        }

        var code = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        configure?.Invoke(code);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSettings(section, code).AddTelemetry().AddHttp();

        // Hosted services start in this order and stop in the opposite one: what closes tunnels at the stop is stopped
        // before what places and counts them. HostedServicesTests has the whole list.
        services.AddSockets().AddTunnels().AddIdentity()
            .AddState(static provider => provider.GetRequiredService<SettingsSource>().Current.Keys)
            .AddFleet().AddHealth().AddAccess().AddPlacement().AddAdmission()
            .AddPacedClosing().AddDraining().AddPeers().AddRebalancing().AddDisconnects()
            .AddReports().AddClosing().AddHostedService<LimitMetrics>();
        services.AddSingleton<ReloadGuard>().AddSingleton<IFleet, ApplicationFleet>();
        builder.AddConfigFilter<ClusterFilter>();

        // The admin host is stopped in StoppedAsync, after StopAsync of all hosted services.
        services.AddAdmin();
        return builder;
    }

    private static IServiceCollection AddReports(this IServiceCollection services) =>
        services.AddSingleton<BalancerReport>()
            .AddSingleton<ILocalReport>(provider => provider.GetRequiredService<BalancerReport>())
            .AddHostedService(provider => provider.GetRequiredService<BalancerReport>())
            .AddHostedService<OperationMetrics>();

    private static ReadinessHealthCheck CreateCheck(IServiceProvider provider) =>
        new(provider.GetService<ReadinessCheck>() ?? throw new InvalidOperationException(
            "The health check of WsBalancer needs its services: add them with AddReverseProxy().AddWsBalancer()."));
}
