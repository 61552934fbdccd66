namespace WsBalancer.Proxy.State;

/// <summary>An operator's request that tunnels are closed at every balancer at once.</summary>
/// <param name="Cluster">The cluster of the tunnels; null with a tunnel id.</param>
/// <param name="User">Whose tunnels; null with a tunnel id, and for those of all users.</param>
/// <param name="Tunnel">Which tunnel; null with a cluster.</param>
/// <param name="CloseCode">The code of the Close frames.</param>
/// <param name="Node">Tunnels to which node; null for all nodes.</param>
/// <param name="OlderThanSeconds">How old they are at least; null for any age.</param>
internal sealed record Disconnection(
    string? Cluster,
    string? User,
    string? Tunnel,
    int CloseCode,
    string? Node = null,
    double? OlderThanSeconds = null);

/// <summary>Carries disconnections between the balancers. Thread-safe.</summary>
internal sealed class Disconnections
{
    /// <summary>Raised for what another balancer was told.</summary>
    public event Action<Disconnection>? Received;

    /// <summary>Sends one to the others; set where there is something to send it with.</summary>
    public Func<Disconnection, CancellationToken, Task<bool?>> SendAsync { get; set; } =
        (_, _) => Task.FromResult<bool?>(null);

    /// <summary>Takes over what was heard.</summary>
    public void Heard(Disconnection disconnection) => Received?.Invoke(disconnection);
}
