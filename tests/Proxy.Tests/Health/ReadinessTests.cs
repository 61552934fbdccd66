using Microsoft.Extensions.Diagnostics.HealthChecks;
using WsBalancer.Proxy.Health;

namespace WsBalancer.Proxy.Tests.Health;

public sealed class ReadinessTests
{
    private readonly Readiness _readiness = new();

    [Fact]
    public async Task Balancer_IsReadyOnlyWhileItListensAndDoesNotStop()
    {
        Assert.Equal((HealthStatus.Unhealthy, false), await StateAsync());
        _readiness.Ready();
        Assert.Equal((HealthStatus.Healthy, false), await StateAsync());
        _readiness.Leave();
        Assert.Equal((HealthStatus.Unhealthy, false), await StateAsync());
        _readiness.Refuse();
        Assert.Equal((HealthStatus.Unhealthy, true), await StateAsync());
    }

    private async Task<(HealthStatus Status, bool IsRefusing)> StateAsync()
    {
        var result = await _readiness.CheckHealthAsync(
            new HealthCheckContext(), TestContext.Current.CancellationToken);
        return (result.Status, _readiness.IsRefusing);
    }
}
