using System.ComponentModel.DataAnnotations;

namespace WsBalancer.Proxy.Closing;

/// <summary>How this balancer stops. Bound from <c>WsBalancer:Shutdown</c>.</summary>
internal sealed record ShutdownOptions
{
    /// <summary>
    /// How long the balancer accepts new tunnels after <c>/readyz</c> has begun to answer 503. Default: 0 s.
    /// </summary>
    // For a load balancer in front of this one, which must notice the 503; without one, a delay has no use.
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan Delay { get; init; } = TimeSpan.Zero;

    /// <summary>
    /// The time over which the open tunnels are closed, evenly, the first at once; at its end the remaining ones are
    /// aborted. Its last quarter, 5 s at most, is kept free for the clients' Close frames. Default: 30 s.
    /// </summary>
    // The default of terminationGracePeriodSeconds in Kubernetes, after which the process is killed.
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);
}
