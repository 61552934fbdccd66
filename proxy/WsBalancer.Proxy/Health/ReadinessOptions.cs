using System.ComponentModel.DataAnnotations;

namespace WsBalancer.Proxy.Health;

/// <summary>
/// The requirements of a cluster for a ready balancer. Bound from <c>WsBalancer:Clusters:C:Readiness</c>.
/// </summary>
internal sealed record ReadinessOptions
{
    /// <summary>
    /// With fewer available nodes than this, <c>/readyz</c> answers 503. Default: 0, because to remove a balancer when
    /// its nodes fail only makes the outage larger, and its users get no response with a reason.
    /// </summary>
    [Range(0, 1_000)]
    public int MinAvailableNodes { get; init; }
}
