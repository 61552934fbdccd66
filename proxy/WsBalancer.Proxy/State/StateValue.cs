using System.Text.Json.Serialization;

namespace WsBalancer.Proxy.State;

/// <summary>What was decided. Immutable; written as JSON to the state file and to Redis.</summary>
internal abstract record StateValue;

/// <summary>A node beside those of the file.</summary>
internal sealed record MemberValue(MemberOrigin Origin, string Address, int Weight, string? RingKey = null)
    : StateValue;

/// <summary>Who brought a node that the file does not name.</summary>
[JsonConverter(typeof(StateNameConverter<MemberOrigin>))]
internal enum MemberOrigin
{
    /// <summary>An operator.</summary>
    Added,

    /// <summary>The node itself.</summary>
    Registered,
}

/// <summary>A removed node.</summary>
/// <param name="WasConfigured">
/// Whether a file, or the node's own registration, named it: then it is hidden for as long as that goes on.
/// </param>
/// <param name="Drain">How its tunnels are closed; null leaves them open.</param>
internal sealed record RemovalValue(bool WasConfigured, DrainValue? Drain) : StateValue;

/// <summary>A weight laid over that of the file.</summary>
/// <param name="Weight">The weight, 0…65535.</param>
/// <param name="FileWeight">The file's weight at that time: when it changes, this lapses.</param>
internal sealed record WeightValue(int Weight, int FileWeight) : StateValue;

/// <summary>How tunnels are closed to move their users away from a node.</summary>
/// <param name="Operation">Names the drain at every balancer; seeds the order of its users.</param>
/// <param name="RatePerSecond">Tunnels a second in the whole fleet, at least; 0 leaves it to the deadline.</param>
/// <param name="DeadlineSeconds">By when all are closed, from when a balancer learns of it; null: never.</param>
/// <param name="CloseCode">The code of the Close frames.</param>
internal sealed record DrainValue(string Operation, double RatePerSecond, double? DeadlineSeconds, int CloseCode)
    : StateValue;

/// <summary>A part of the users on another ring.</summary>
/// <param name="From">The algorithm that was configured at that time: when it changes, this lapses.</param>
/// <param name="To">The algorithm of the other ring.</param>
/// <param name="Share">The part of the users on it, 0…1.</param>
internal sealed record BlendValue(string From, string To, double Share) : StateValue;

/// <summary>A rebalance, running or over.</summary>
/// <param name="Operation">Names it at every balancer; seeds the order of its users.</param>
/// <param name="RatePerSecond">Tunnels a second in the whole fleet.</param>
/// <param name="State">Where it is.</param>
/// <param name="Reason">Why it is there, in words; null if there is nothing to say.</param>
internal sealed record RebalanceValue(string Operation, double RatePerSecond, RebalanceState State, string? Reason)
    : StateValue;

/// <summary>Where a rebalance is.</summary>
[JsonConverter(typeof(StateNameConverter<RebalanceState>))]
internal enum RebalanceState
{
    /// <summary>There has been none.</summary>
    Idle,

    /// <summary>It closes tunnels.</summary>
    Running,

    /// <summary>It waits until it is continued.</summary>
    Paused,

    /// <summary>Nothing that it may close is left.</summary>
    Done,

    /// <summary>It stopped by itself, for a reason.</summary>
    Stopped,

    /// <summary>An operator ended it.</summary>
    Cancelled,
}
