namespace WsBalancer.Proxy.Health;

/// <summary>
/// Whether this balancer wants traffic: it listens, and it does not stop. Nodes do not matter: a balancer that is taken
/// away because its nodes are sick only makes the outage larger.
/// </summary>
internal sealed class Readiness
{
    /// <summary>The name of the state in which traffic is wanted.</summary>
    public const string ReadyName = "ready";

    private volatile State _state = State.Starting;

    private enum State
    {
        Starting,
        Ready,
        Leaving,
        Refusing,
    }

    /// <summary>Whether traffic is wanted.</summary>
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

    /// <summary>Called once this balancer listens.</summary>
    public void Ready() => _state = State.Ready;

    /// <summary>Says no from now on, while what still comes is served.</summary>
    public void Leave() => _state = State.Leaving;

    /// <summary>Refuses new tunnels from now on.</summary>
    public void Refuse() => _state = State.Refusing;
}
