using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace WsBalancer.Proxy.Health;

/// <summary>The readiness of the balancer as a health check of the application.</summary>
internal sealed class ReadinessHealthCheck(ReadinessCheck readiness) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var read = readiness.Read();
        return Task.FromResult(new HealthCheckResult(
            read.Ready ? HealthStatus.Healthy : context.Registration.FailureStatus,
            read.Describe(),
            data: read.Clusters.ToDictionary(
                cluster => $"availableNodes:{cluster.Id}", object (cluster) => cluster.Available)));
    }
}
