namespace WsBalancer.Proxy.Tunnels;

/// <summary>The data path of one tunnel, with its two legs.</summary>
internal interface ITunnelFlow
{
    public TunnelPath Path { get; }

    /// <summary>The leg toward the client, to which the bytes of the node are written.</summary>
    public ITunnelLeg Client { get; }

    /// <summary>The leg toward the node, to which the bytes of the client are written.</summary>
    public ITunnelLeg Node { get; }

    /// <summary>
    /// Calls a method of the tunnel on a thread that may use its legs: at once, or later on the loop's thread. May be
    /// called from any thread.
    /// </summary>
    public void Run(Action<Tunnel> action);

    /// <summary>Ends both legs at once, without a Close frame. Called once at most, from any thread.</summary>
    public void Abort();
}
