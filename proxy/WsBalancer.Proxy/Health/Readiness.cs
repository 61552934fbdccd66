using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace WsBalancer.Proxy.Health;

/// <summary>
/// Whether this balancer wants traffic: it listens, and it does not stop. Nodes do not matter: a balancer that is taken
/// away because its nodes are sick only makes the outage larger.
/// </summary>
internal sealed class Readiness : IHealthCheck
{
    /// <summary>The tag of the checks that <c>/readyz</c> asks.</summary>
    public const string Tag = "ready";

    private volatile State _state = State.Starting;

    private enum State
    {
        Starting,
        Ready,
        Leaving,
        Refusing,
    }

    /// <summary>Whether new tunnels are refused.</summary>
    public bool IsRefusing => _state == State.Refusing;

    /// <summary>Called once this balancer listens.</summary>
    public void Ready() => _state = State.Ready;

    /// <summary>Says no from now on, while what still comes is served.</summary>
    public void Leave() => _state = State.Leaving;

    /// <summary>Refuses new tunnels from now on.</summary>
    public void Refuse() => _state = State.Refusing;

    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(_state switch
        {
            State.Ready => HealthCheckResult.Healthy("ready"),
            State.Starting => HealthCheckResult.Unhealthy("starting"),
            _ => HealthCheckResult.Unhealthy("stopping"),
        });
}
