using System.Text.Json.Serialization;

namespace WsBalancer.Proxy.State;

/// <summary>The content of a decision. Immutable; written as JSON to the state file and to Redis.</summary>
internal abstract record StateValue;

/// <summary>A node that an operator added or that registered itself.</summary>
internal sealed record MemberValue(MemberOrigin Origin, string Address, int Weight, string? RingKey = null)
    : StateValue;

/// <summary>The origin of a node that is not only in the configuration.</summary>
[JsonConverter(typeof(StateNameConverter<MemberOrigin>))]
internal enum MemberOrigin
{
    /// <summary>An operator added the node.</summary>
    Added,

    /// <summary>The node registered itself.</summary>
    Registered,
}

/// <summary>A removed node.</summary>
/// <param name="WasConfigured">
/// Whether the configuration or the node's own registration named the node: then the node is hidden while one of them
/// still does.
/// </param>
/// <param name="Drain">How the tunnels of the node are closed; null leaves them open.</param>
internal sealed record RemovalValue(bool WasConfigured, DrainValue? Drain) : StateValue;

/// <summary>An override of the weight of a configured or registered node.</summary>
/// <param name="Weight">The weight, 0…65535.</param>
/// <param name="FileWeight">
/// The base: the node's weight without the override, at that time. When it changes, the override lapses.
/// </param>
internal sealed record WeightValue(int Weight, int FileWeight) : StateValue;

/// <summary>How tunnels are closed to move their users away from a node.</summary>
/// <param name="Operation">The id of the drain at every balancer, and the seed for the order of its users.</param>
/// <param name="RatePerSecond">
/// The minimum rate in tunnels per second, in the whole fleet; 0 leaves the rate to the deadline.
/// </param>
/// <param name="DeadlineSeconds">
/// The time in which all tunnels are closed, from when a balancer receives the decision; null without a deadline.
/// </param>
/// <param name="CloseCode">The code of the Close frames.</param>
internal sealed record DrainValue(string Operation, double RatePerSecond, double? DeadlineSeconds, int CloseCode)
    : StateValue;

/// <summary>A part of the users on another ring.</summary>
/// <param name="From">
/// The base: the algorithm that was configured at that time. When it changes, the override lapses.
/// </param>
/// <param name="To">The algorithm of the other ring.</param>
/// <param name="Share">The part of the users on it, 0…1.</param>
internal sealed record BlendValue(string From, string To, double Share) : StateValue;

/// <summary>A rebalance, running or ended.</summary>
/// <param name="Operation">The id of the rebalance at every balancer, and the seed for the order of its users.</param>
/// <param name="RatePerSecond">The rate in tunnels per second, in the whole fleet.</param>
/// <param name="State">The state of the rebalance.</param>
/// <param name="Reason">The reason for the state, in words; null without one.</param>
internal sealed record RebalanceValue(string Operation, double RatePerSecond, RebalanceState State, string? Reason)
    : StateValue;

/// <summary>The state of a rebalance.</summary>
[JsonConverter(typeof(StateNameConverter<RebalanceState>))]
internal enum RebalanceState
{
    /// <summary>There has been no rebalance.</summary>
    Idle,

    /// <summary>The rebalance closes tunnels.</summary>
    Running,

    /// <summary>The rebalance waits until it is continued.</summary>
    Paused,

    /// <summary>No tunnel that the rebalance may close is left.</summary>
    Done,

    /// <summary>The balancer stopped the rebalance, for a reason.</summary>
    Stopped,

    /// <summary>An operator ended the rebalance.</summary>
    Cancelled,
}
