namespace WsBalancer.Proxy.Tunnels;

/// <summary>How the bytes of a tunnel flow.</summary>
internal interface ITunnelFlow
{
    public TunnelPath Path { get; }

    /// <summary>The leg toward the client: what is written to it is what the node says.</summary>
    public ITunnelLeg Client { get; }

    /// <summary>The leg toward the node: what is written to it is what the client says.</summary>
    public ITunnelLeg Node { get; }

    /// <summary>
    /// Calls a method of the tunnel where its legs are used: at once, or soon on the loop's thread. From any thread.
    /// </summary>
    public void Run(Action<Tunnel> action);

    /// <summary>Ends both legs at once, without a word. From any thread; called once at most.</summary>
    public void Cut();
}
