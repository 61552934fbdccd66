namespace WsBalancer.BackendSample.Presence;

/// <summary>Where nodes publish their users, and read those of the others.</summary>
internal interface IPresenceStore
{
    /// <summary>Keeps what this node has written alive. Called before each write.</summary>
    public Task<StoreState> RenewAsync();

    /// <summary>Writes changes of this node. A write that is repeated has no further effect.</summary>
    /// <returns>Whether they were written. If not, some may have been.</returns>
    public Task<bool> WriteAsync(IReadOnlyList<RoomChange> changes);

    /// <summary>Reads the users of a room on all other nodes that are alive.</summary>
    /// <param name="room">The room.</param>
    /// <param name="users">The users to read; null for all.</param>
    /// <returns>Null if the store is not available.</returns>
    public Task<IReadOnlyList<NodePresence>?> ReadAsync(string room, IReadOnlyList<string>? users);

    /// <summary>Ends what this node has written, at a shutdown.</summary>
    public Task EndAsync();
}

/// <summary>The state of a store of presence.</summary>
internal enum StoreState
{
    /// <summary>Nothing can be read or written.</summary>
    Away,

    /// <summary>Everything that was written is stored.</summary>
    Ready,

    /// <summary>The store was away, and may have lost some of what was written.</summary>
    Returned,

    /// <summary>Nothing of this node is stored, and other nodes may have announced the end of its users.</summary>
    Lapsed,
}
