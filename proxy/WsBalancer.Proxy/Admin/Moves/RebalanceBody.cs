using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace WsBalancer.Proxy.Admin.Moves;

/// <summary>How to rebalance a cluster.</summary>
internal sealed record RebalanceBody
{
    [Description("a number of tunnels a second in the whole fleet (default 50)")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? RatePerSecond { get; init; }
}

/// <summary>Whether to pause a rebalance or to continue it.</summary>
internal sealed record PauseBody
{
    [Required]
    [Description("true, to pause the rebalance, or false, to continue it")]
    public bool? Paused { get; init; }
}
