using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Admin.Changes;

/// <summary>A node to add.</summary>
internal sealed record NodeBody
{
    [Required]
    [Description("a node id: " + NodeBounds.ExpectedId)]
    public string? Id { get; init; }

    [Required]
    [Description(NodeBounds.ExpectedAddress)]
    public string? Address { get; init; }

    [Description(WeightBody.Expected + " (default: 1, or the last weight of a node that was removed)")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Weight { get; init; }

    [Description("the node's name in another balancer, for a ring that is compatible with it")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? RingKey { get; init; }

    public NodeAddition ToAddition() => new(Id!, Address!, Weight, RingKey);
}

/// <summary>The new weight of a node.</summary>
internal sealed record WeightBody
{
    public const string Expected = "a whole number from 0 to 65535";

    [Required]
    [Description(Expected)]
    public int? Weight { get; init; }
}
