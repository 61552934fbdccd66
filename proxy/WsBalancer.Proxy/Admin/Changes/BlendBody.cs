using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace WsBalancer.Proxy.Admin.Changes;

/// <summary>The part of the users to place by another ring.</summary>
internal sealed record BlendBody
{
    public const string ExpectedRing = "the algorithm of the other ring";
    public const string ExpectedShare = "a number from 0 to 1";

    [Required]
    [Description(ExpectedRing)]
    public string? To { get; init; }

    [Required]
    [Description(ExpectedShare)]
    public double? Share { get; init; }
}
