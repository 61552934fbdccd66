using System.ComponentModel.DataAnnotations;

namespace WsBalancer.Proxy.Moving;

/// <summary>
/// Whether users are moved back home without being told to. Bound from <c>WsBalancer:Clusters:C:AutoRebalance</c>.
/// </summary>
internal sealed record AutoRebalanceOptions
{
    /// <summary>How long the fleet must have been stable after a change. Default: off.</summary>
    // Off, because it closes tunnels. A few minutes let a roll-out, which changes the fleet again and again, end first.
    [Range(typeof(TimeSpan), "00:00:05", "7.00:00:00")]
    public TimeSpan? After { get; init; }

    /// <summary>Tunnels closed in a second, in the whole fleet. Default: 50.</summary>
    [Range(1, 1_000_000)]
    public int RatePerSecond { get; init; } = (int)Rebalances.DefaultRate;
}
