using System.ComponentModel.DataAnnotations;

namespace WsBalancer.Proxy.Fleet;

/// <summary>Nodes that register themselves. Bound from <c>WsBalancer:Clusters:C:Registration</c>.</summary>
internal sealed record RegistrationOptions
{
    /// <summary>
    /// The time from the expiry of a node's registration to the removal of the node. Default: 10 min.
    /// </summary>
    // Until its removal the node is only unhealthy, and its users return when it registers again. A removal changes
    // their home, so the time must be longer than a restart of the node.
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan RemoveAfter { get; init; } = TimeSpan.FromMinutes(10);
}
