namespace WsBalancer.Proxy.State;

/// <summary>Carries disconnections between the balancers. Thread-safe.</summary>
internal interface IDisconnectionChannel
{
    /// <summary>Raised for a disconnection that another balancer sent.</summary>
    public event Action<Disconnection>? Received;

    /// <summary>Sends a disconnection to the other balancers.</summary>
    /// <returns>Whether the disconnection was sent; null if this balancer does not share.</returns>
    public Task<bool?> SendAsync(Disconnection disconnection, CancellationToken cancellation);
}

/// <summary>The channel without another end, for a balancer that does not share through Redis.</summary>
internal sealed class NoDisconnections : IDisconnectionChannel
{
    public event Action<Disconnection>? Received
    {
        add
        {
            // No disconnection is ever received.
        }

        remove
        {
            // No disconnection is ever received.
        }
    }

    public Task<bool?> SendAsync(Disconnection disconnection, CancellationToken cancellation) =>
        Task.FromResult<bool?>(null);
}
