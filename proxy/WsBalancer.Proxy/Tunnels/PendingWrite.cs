namespace WsBalancer.Proxy.Tunnels;

/// <summary>The time for which a write to a stream has been pending.</summary>
/// <remarks>
/// One writer calls <see cref="Begin"/> and <see cref="End"/>; the other members may be read from any thread. A mutable
/// value: keep it in a field and never copy it.
/// </remarks>
internal struct PendingWrite
{
    // A timestamp; 0 if no write is pending.
    private long _since;

    public readonly bool IsAny => Volatile.Read(in _since) != 0;

    /// <summary>Zero if no write is pending.</summary>
    public readonly TimeSpan LastsFor(TimeProvider time) =>
        Volatile.Read(in _since) is var since and not 0 ? time.GetElapsedTime(since) : TimeSpan.Zero;

    /// <summary>Records a write that does not complete at once.</summary>
    /// <returns>The same write.</returns>
    public ValueTask Begin(ValueTask write, TimeProvider time)
    {
        if (!write.IsCompleted)
        {
            Volatile.Write(ref _since, time.GetTimestamp());
        }

        return write;
    }

    /// <summary>The write has completed, or failed.</summary>
    public void End() => Volatile.Write(ref _since, 0);
}
