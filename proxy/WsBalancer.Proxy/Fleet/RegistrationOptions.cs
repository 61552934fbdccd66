using System.ComponentModel.DataAnnotations;

namespace WsBalancer.Proxy.Fleet;

/// <summary>Nodes that register themselves. Bound from <c>WsBalancer:Clusters:C:Registration</c>.</summary>
internal sealed record RegistrationOptions
{
    /// <summary>
    /// How long after its last sign of life a node that registered itself is removed. Default: 10 min.
    /// </summary>
    // At once it is only unhealthy, and its users come home when it is back. A removal gives them to others for good,
    // so a restart, or an hour without Redis for the nodes, must not be one.
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan RemoveAfter { get; init; } = TimeSpan.FromMinutes(10);
}
