namespace WsBalancer.Proxy.Tunnels;

/// <summary>How the bytes of a tunnel flow.</summary>
internal interface ITunnelFlow
{
    public TunnelPath Path { get; }

    /// <summary>The leg toward the client: what is written to it is what the node says.</summary>
    public ITunnelLeg Client { get; }

    /// <summary>The leg toward the node: what is written to it is what the client says.</summary>
    public ITunnelLeg Node { get; }

    /// <summary>Ends both legs at once, without a word. From any thread; called once at most.</summary>
    public void Cut();
}
