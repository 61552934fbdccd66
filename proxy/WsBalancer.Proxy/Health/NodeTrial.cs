namespace WsBalancer.Proxy.Health;

/// <summary>A handshake that tests whether a silent node answers again.</summary>
/// <param name="part">The fraction of the handshake timeout that the node has to answer.</param>
/// <param name="ended">Called when the handshake is over.</param>
internal sealed class NodeTrial(double part, Action<NodeTrial> ended)
{
    /// <summary>How long the node may take to answer.</summary>
    /// <param name="timeout">The timeout of a handshake that is not a trial.</param>
    public TimeSpan TimeoutOf(TimeSpan timeout) => timeout * part;

    /// <summary>The handshake is over. No effect if the trial has a result already.</summary>
    public void End() => ended(this);
}
