namespace WsBalancer.Proxy.State;

/// <summary>Where changes made at run time are kept. Bound from <c>WsBalancer:State</c>.</summary>
internal sealed record StateOptions
{
    /// <summary>The file. Default: <c>wsbalancer.state.json</c> beside the configuration.</summary>
    // Nothing can be changed at run time yet, so nothing is written yet; the key is known so that a file may have it.
    public string Path { get; init; } = "wsbalancer.state.json";
}
