namespace WsBalancer.Proxy.Health;

/// <summary>
/// Whether this balancer should receive traffic: it listens and is not stopping. Nodes have no effect here: to remove a
/// balancer because its nodes are unhealthy only makes the outage larger.
/// </summary>
internal sealed class Readiness
{
    /// <summary>The name of the state in which the balancer should receive traffic.</summary>
    public const string ReadyName = "ready";

    private volatile State _state = State.Starting;

    private enum State
    {
        Starting,
        Ready,
        Leaving,
        Refusing,
    }

    /// <summary>Whether the balancer should receive traffic.</summary>
    public bool IsReady => _state == State.Ready;

    /// <summary>The state as probes read it: <c>starting</c>, <c>ready</c> or <c>stopping</c>.</summary>
    public string Name => _state switch
    {
        State.Starting => "starting",
        State.Ready => ReadyName,
        _ => "stopping",
    };

    /// <summary>Whether new tunnels are refused.</summary>
    public bool IsRefusing => _state == State.Refusing;

    /// <summary>Called when this balancer has begun to listen.</summary>
    public void Ready() => _state = State.Ready;

    /// <summary>Reports that the balancer is not ready from now on; handshakes and requests are still served.</summary>
    public void SetStopping() => _state = State.Leaving;

    /// <summary>Refuses new tunnels from now on.</summary>
    public void Refuse() => _state = State.Refusing;
}
