namespace WsBalancer.Proxy.State;

/// <summary>The report of this balancer to the others. Thread-safe.</summary>
internal interface ILocalReport
{
    /// <summary>The clusters as they are now, by their id in lower case; none before the start.</summary>
    public IReadOnlyDictionary<string, PeerCluster> Read();
}
