using System.ComponentModel.DataAnnotations;

namespace WsBalancer.Proxy.Health;

/// <summary>
/// What a cluster requires of a balancer that is ready. Bound from <c>WsBalancer:Clusters:C:Readiness</c>.
/// </summary>
internal sealed record ReadinessOptions
{
    /// <summary>
    /// With fewer available nodes than that, <c>/readyz</c> answers 503. Default: 0, because a balancer that leaves its
    /// service when its nodes fail only makes the outage larger, and refuses its users without a reason.
    /// </summary>
    [Range(0, 1_000)]
    public int MinAvailableNodes { get; init; }
}
