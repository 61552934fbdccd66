namespace WsBalancer.Proxy.Fleet;

/// <summary>The published names of <see cref="NodeState"/> and <see cref="NodeHealth"/>.</summary>
internal static class NodeLabel
{
    /// <summary>Every state, in the order of the enumeration.</summary>
    public static IReadOnlyList<string> States { get; } = [.. Enum.GetValues<NodeState>().Select(Of)];

    // Spelled out, not derived with ToString: a rename in code must not rename a published label.
    public static string Of(NodeState state) => state switch
    {
        NodeState.Active => "active",
        NodeState.Draining => "draining",
        NodeState.Drained => "drained",
        NodeState.Leaving => "leaving",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "No label is published for this state."),
    };

    public static string Of(NodeHealth health) => health switch
    {
        NodeHealth.Healthy => "healthy",
        NodeHealth.Unhealthy => "unhealthy",
        NodeHealth.Unknown => "unknown",
        _ => throw new ArgumentOutOfRangeException(nameof(health), health, "No label is published for this health."),
    };

    public static string Of(NodeSource source) => source switch
    {
        NodeSource.Configured => "configured",
        NodeSource.Added => "added",
        NodeSource.Registered => "registered",
        _ => throw new ArgumentOutOfRangeException(nameof(source), source, "No label is published for this source."),
    };
}
