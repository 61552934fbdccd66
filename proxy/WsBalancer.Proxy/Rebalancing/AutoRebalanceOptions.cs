using System.ComponentModel.DataAnnotations;

namespace WsBalancer.Proxy.Rebalancing;

/// <summary>
/// Whether rebalances begin without an operator. Bound from <c>WsBalancer:Clusters:C:AutoRebalance</c>.
/// </summary>
internal sealed record AutoRebalanceOptions
{
    /// <summary>How long the cluster must have been stable after a change of homes. Default: off.</summary>
    // Off, since a rebalance closes tunnels. A few minutes let a roll-out end first, which changes the fleet many
    // times.
    [Range(typeof(TimeSpan), "00:00:05", "7.00:00:00")]
    public TimeSpan? After { get; init; }

    /// <summary>The rate in tunnels per second, of the whole fleet. Default: 50.</summary>
    [Range(1, 1_000_000)]
    public int RatePerSecond { get; init; } = (int)RebalanceOperations.DefaultRate;
}
