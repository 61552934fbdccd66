using System.ComponentModel.DataAnnotations;

namespace WsBalancer.Proxy;

/// <summary>The limit of what a reload may change without force. Bound from <c>WsBalancer:Reload</c>.</summary>
internal sealed record ReloadOptions
{
    /// <summary>
    /// The part of the users of a cluster that a reload may move. Default: 0.5. 1 allows all; only a forced reload may
    /// leave a cluster without nodes.
    /// </summary>
    // A usual change of the fleet concerns a few nodes, which may be half of a small fleet.
    [Range(0.0, 1.0)]
    public double MaxMoved { get; init; } = 0.5;
}
