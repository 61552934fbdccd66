namespace WsBalancer.Proxy.Placement;

/// <summary>What decides beside the ring. Bound from <c>WsBalancer:Clusters:C</c> itself.</summary>
internal sealed record PlacementOptions
{
    /// <summary>
    /// Prefers the node of the user's newest live tunnel here, unless it drains. Default: false.
    /// </summary>
    // Off, because a pure function of the user id is what lets several balancers agree.
    public bool FollowLive { get; init; }
}
