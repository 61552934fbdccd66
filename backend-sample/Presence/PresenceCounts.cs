namespace WsBalancer.BackendSample.Presence;

/// <summary>Numbers of presence, for operators.</summary>
internal sealed class PresenceCounts
{
    private long _writes;
    private long _pushes;

    /// <summary>The changes of users in rooms that were published.</summary>
    public long Writes => Volatile.Read(ref _writes);

    /// <summary>The messages about changes, each of which was sent to all members of a room on this node.</summary>
    public long Pushes => Volatile.Read(ref _pushes);

    public void AddWrites(int writes) => Interlocked.Add(ref _writes, writes);

    public void AddPush() => Interlocked.Increment(ref _pushes);
}
