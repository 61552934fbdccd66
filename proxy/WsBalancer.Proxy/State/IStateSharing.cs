namespace WsBalancer.Proxy.State;

/// <summary>Sends new records to the other balancers.</summary>
internal interface IStateSharing
{
    /// <summary>Sends the records that are new here. Never throws, and takes a second at most.</summary>
    /// <returns>Whether the records were sent; if not, they are sent later.</returns>
    public Task<bool> ShareAsync(CancellationToken cancellation);
}
