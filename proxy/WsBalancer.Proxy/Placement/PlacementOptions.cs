namespace WsBalancer.Proxy.Placement;

/// <summary>
/// Criteria that decide on a user's node in addition to the ring. Bound from <c>WsBalancer:Clusters:C</c> itself.
/// </summary>
internal sealed record PlacementOptions
{
    /// <summary>
    /// Prefers the node of the user's newest live tunnel here, unless it drains. Default: false.
    /// </summary>
    // Off, because several balancers agree on a user's node only if it is a pure function of the user id.
    public bool FollowLive { get; init; }
}
