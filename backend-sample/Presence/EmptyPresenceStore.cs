namespace WsBalancer.BackendSample.Presence;

/// <summary>The store of a node without other nodes.</summary>
internal sealed class EmptyPresenceStore : IPresenceStore
{
    public Task<StoreState> RenewAsync() => Task.FromResult(StoreState.Ready);

    public Task<bool> WriteAsync(IReadOnlyList<RoomChange> changes) => Task.FromResult(true);

    public Task<IReadOnlyList<NodePresence>?> ReadAsync(string room, IReadOnlyList<string>? users) =>
        Task.FromResult<IReadOnlyList<NodePresence>?>([]);

    public Task EndAsync() => Task.CompletedTask;
}
