using System.ComponentModel.DataAnnotations;

namespace WsBalancer.Proxy.Admission;

/// <summary>
/// How much a cluster takes of what comes to this balancer. Bound from <c>WsBalancer:Clusters:C:Limits</c>. Everything
/// is off by default: only the operator knows what a node can take.
/// </summary>
internal sealed record LimitOptions : IValidatableObject
{
    /// <summary>Tunnels of the cluster at this balancer; more are refused with 503. Default: off.</summary>
    // A tunnel takes two descriptors: above what the process may have, refusing is kinder than failing.
    [Range(1, 10_000_000)]
    public int? MaxTunnels { get; init; }

    /// <summary>
    /// Tunnels of one node; with so many it is full, and new users go to the next of their order. Default: off.
    /// </summary>
    [Range(1, 10_000_000)]
    public int? MaxTunnelsPerNode { get; init; }

    /// <summary>Tunnels of one user; more are refused with 429. Default: off.</summary>
    // A client that reconnects without closing would otherwise take the places of all the others.
    [Range(1, 1_000_000)]
    public int? MaxTunnelsPerUser { get; init; }

    /// <summary>
    /// Handshakes that a node is given in a second; a few more wait, the others are refused with 503. Default: off.
    /// </summary>
    // A reconnect storm hits the nodes that are left with everything at once: logins and subscriptions included.
    [Range(1, 1_000_000)]
    public int? HandshakesPerSecondPerNode { get; init; }

    /// <summary>
    /// Over so long the handshakes of a node that is new or healthy again rise from a tenth to the whole. Default: off.
    /// </summary>
    // Its weight stays as it is: another weight would move users, and move them back.
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan? SlowStart { get; init; }

    /// <summary>
    /// How many times its part of all the tunnels a node may have, before new users go to the second of their order.
    /// Default: off.
    /// </summary>
    // 1.25 is what the paper and HAProxy's guide settle on; below 1.05 the luck of the draw alone sends users away.
    [Range(1.0, 100.0, MinimumIsExclusive = true)]
    public double? BoundedLoad { get; init; }

    /// <summary>Whether there is nothing to limit.</summary>
    public bool IsOff => MaxTunnels is null
        && MaxTunnelsPerNode is null
        && MaxTunnelsPerUser is null
        && HandshakesPerSecondPerNode is null
        && BoundedLoad is null;

    IEnumerable<ValidationResult> IValidatableObject.Validate(ValidationContext validationContext)
    {
        if (SlowStart is not null && HandshakesPerSecondPerNode is null)
        {
            yield return new ValidationResult(
                $"expected {nameof(HandshakesPerSecondPerNode)} beside it, which is what it raises",
                [nameof(SlowStart)]);
        }
    }
}
