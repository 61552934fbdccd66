using Microsoft.Extensions.Diagnostics.HealthChecks;
using WsBalancer.Proxy.Health;

#pragma warning disable IDE0130 // The namespace in which the platform's own extensions are found.
namespace Microsoft.Extensions.DependencyInjection;
#pragma warning restore IDE0130

/// <summary>Adds the readiness of the balancer to the health checks of the application.</summary>
public static class WsBalancerHealthChecks
{
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

        return builder.Add(new HealthCheckRegistration(name, Create, failureStatus, tags));
    }

    private static ReadinessHealthCheck Create(IServiceProvider provider) =>
        new(provider.GetService<ReadinessCheck>() ?? throw new InvalidOperationException(
            "The health check of WsBalancer needs its services: add them with AddReverseProxy().AddWsBalancer()."));
}
