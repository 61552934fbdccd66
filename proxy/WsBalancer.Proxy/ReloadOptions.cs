using System.ComponentModel.DataAnnotations;

namespace WsBalancer.Proxy;

/// <summary>What a reload may do without being forced. Bound from <c>WsBalancer:Reload</c>.</summary>
internal sealed record ReloadOptions
{
    /// <summary>
    /// The part of the users of a cluster that a reload may move. Default: 0.5. 1 for all; a cluster is left without
    /// nodes by force only.
    /// </summary>
    // A change of the fleet moves a few nodes at a time. Of a small fleet it may be half.
    [Range(0.0, 1.0)]
    public double MaxMoved { get; init; } = 0.5;
}
