using System.ComponentModel.DataAnnotations;

namespace WsBalancer.Proxy.Admission;

/// <summary>
/// The limits of a cluster at this balancer. Bound from <c>WsBalancer:Clusters:C:Limits</c>. Every limit is off by
/// default: only the operator knows the capacity of a node.
/// </summary>
internal sealed record LimitOptions : IValidatableObject
{
    /// <summary>Tunnels of the cluster at this balancer; more are refused with 503. Default: off.</summary>
    // A tunnel uses two descriptors. At the descriptor limit of the process, a 503 is better than a failed connection.
    [Range(1, 10_000_000)]
    public int? MaxTunnels { get; init; }

    /// <summary>
    /// Tunnels of one node. A node with this number is full: new users are placed on the next node of their order.
    /// Default: off.
    /// </summary>
    [Range(1, 10_000_000)]
    public int? MaxTunnelsPerNode { get; init; }

    /// <summary>Tunnels of one user; more are refused with 429. Default: off.</summary>
    // A client that reconnects without closing would otherwise use up the places of all other users.
    [Range(1, 1_000_000)]
    public int? MaxTunnelsPerUser { get; init; }

    /// <summary>
    /// Handshakes per second to one node. Up to a second's worth more wait; others are refused with 503. Default: off.
    /// </summary>
    // In a reconnect storm the remaining nodes receive all users at once, with their logins and subscriptions.
    [Range(1, 1_000_000)]
    public int? HandshakesPerSecondPerNode { get; init; }

    /// <summary>
    /// The time in which the handshake rate of a node that is new or healthy again rises from a tenth of the limit to
    /// all of it. Default: off.
    /// </summary>
    // The weight of the node does not change: a lower weight would move users away, and later back.
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan? SlowStart { get; init; }

    /// <summary>
    /// The multiple of its share of all tunnels that a node may have before new users are placed on the second node of
    /// their order. Default: off.
    /// </summary>
    // 1.25 is the value of the paper on consistent hashing with bounded loads, and of HAProxy's guide. Below 1.05,
    // chance alone moves users to another node.
    [Range(1.0, 100.0, MinimumIsExclusive = true)]
    public double? BoundedLoad { get; init; }

    /// <summary>Whether no limit is set.</summary>
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
