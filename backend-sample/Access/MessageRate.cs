namespace WsBalancer.BackendSample.Access;

/// <summary>A token bucket, full at the beginning. Thread-safe.</summary>
/// <param name="perSecond">How many are added in a second.</param>
/// <param name="burst">The capacity.</param>
/// <param name="time">The clock.</param>
internal sealed class MessageRate(double perSecond, int burst, TimeProvider time)
{
    private readonly Lock _lock = new();
    private double _available = burst;
    private long _updatedAt = time.GetTimestamp();

    public bool TryTake()
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            var added = time.GetElapsedTime(_updatedAt, now).TotalSeconds * perSecond;
            _available = Math.Min(burst, _available + added);
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
