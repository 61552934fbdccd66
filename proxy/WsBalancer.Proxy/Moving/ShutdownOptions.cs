using System.ComponentModel.DataAnnotations;

namespace WsBalancer.Proxy.Moving;

/// <summary>How this balancer stops. Bound from <c>WsBalancer:Shutdown</c>.</summary>
internal sealed record ShutdownOptions
{
    /// <summary>How long it still serves after <c>/readyz</c> says no. Default: 0 s.</summary>
    // For what stands before it to notice; without anything before it, waiting only costs.
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan Delay { get; init; } = TimeSpan.Zero;

    /// <summary>
    /// Over how long the open tunnels are closed, evenly, the first at once; the rest are cut when it is over. Its last
    /// quarter, 5 s at most, is left to clients for their answers. Default: 30 s.
    /// </summary>
    // As long as Kubernetes waits before it kills.
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);
}
