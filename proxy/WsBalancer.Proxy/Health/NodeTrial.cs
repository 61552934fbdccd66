namespace WsBalancer.Proxy.Health;

/// <summary>A handshake that a silent node is tried with.</summary>
/// <param name="part">The part of a handshake's time that it has.</param>
/// <param name="ended">Called when the handshake is over.</param>
internal sealed class NodeTrial(double part, Action<NodeTrial> ended)
{
    /// <summary>How long the node may take to answer.</summary>
    /// <param name="timeout">For a handshake that is not a trial.</param>
    public TimeSpan PatienceOf(TimeSpan timeout) => timeout * part;

    /// <summary>The handshake is over. Does nothing if the node has answered it, or was found not to.</summary>
    public void End() => ended(this);
}
