namespace WsBalancer.Proxy.State;

/// <summary>Sends new records to the other balancers.</summary>
internal interface IStateSharing
{
    /// <summary>Sends the records that are new here. Never throws, and takes a second at most.</summary>
    /// <returns>Whether the records were sent; if not, they are sent later. Null if this balancer does not share.
    /// </returns>
    public Task<bool?> ShareAsync(CancellationToken cancellation);
}

/// <summary>For a balancer that does not share.</summary>
internal sealed class NoSharing : IStateSharing
{
    public Task<bool?> ShareAsync(CancellationToken cancellation) => Task.FromResult<bool?>(null);
}
