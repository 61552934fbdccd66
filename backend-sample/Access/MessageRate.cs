namespace WsBalancer.BackendSample.Access;

/// <summary>A token bucket: so many messages a second, with a burst of as many.</summary>
/// <remarks>Thread-safe: a user may have several connections.</remarks>
internal sealed class MessageRate(int perSecond, TimeProvider time)
{
    private readonly Lock _lock = new();
    private double _available = perSecond;
    private long _updatedAt = time.GetTimestamp();

    public bool TryTake()
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            var added = time.GetElapsedTime(_updatedAt, now).TotalSeconds * perSecond;
            _available = Math.Min(perSecond, _available + added);
            _updatedAt = now;
            if (_available < 1)
            {
                return false;
            }

            _available--;
            return true;
        }
    }
}
