using WsBalancer.Sockets;

namespace WsBalancer.Proxy.Telemetry;

/// <summary>Limits the log lines of an interval, and counts those that are suppressed. Thread-safe.</summary>
internal sealed class LineBudget : IDisposable
{
    private readonly TimeProvider _time;
    private readonly TimeSpan _interval;
    private readonly Action<long> _writeSuppressed;
    private readonly ITimer _timer;
    private readonly Lock _lock = new();
    private long _begun;
    private int _written;
    private long _suppressed;

    /// <param name="time">The clock of the intervals.</param>
    /// <param name="interval">The length of an interval. The next one begins with the first line after its end.</param>
    /// <param name="writeSuppressed">Writes the count of an interval that ended with suppressed lines.</param>
    public LineBudget(TimeProvider time, TimeSpan interval, Action<long> writeSuppressed)
    {
        _time = time;
        _interval = interval;
        _writeSuppressed = writeSuppressed;
        _begun = time.GetTimestamp();
        _timer = time.CreateTimer(
            static budget => CallbackState.Of<LineBudget>(budget).End(),
            this,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan);
    }

    /// <summary>Takes a line of the current interval.</summary>
    /// <param name="limit">The maximum of lines in an interval.</param>
    /// <param name="suppressed">The number of lines suppressed since the last one.</param>
    /// <returns>Whether the line may be written.</returns>
    public bool TryTake(int limit, out long suppressed)
    {
        lock (_lock)
        {
            var elapsed = _time.GetElapsedTime(_begun);
            if (elapsed >= _interval)
            {
                (_begun, _written, elapsed) = (_time.GetTimestamp(), 0, TimeSpan.Zero);
            }

            if (_written < limit)
            {
                _written++;
                (suppressed, _suppressed) = (_suppressed, 0);
                return true;
            }

            if (_suppressed++ == 0 && limit > 0)
            {
                _timer.Change(_interval - elapsed, Timeout.InfiniteTimeSpan);
            }

            suppressed = 0;
            return false;
        }
    }

    public void Dispose() => _timer.Dispose();

    // Without the timer, the last suppressed lines of a flood would not be reported until the next line.
    private void End()
    {
        long suppressed;
        lock (_lock)
        {
            (suppressed, _suppressed) = (_suppressed, 0);
        }

        if (suppressed > 0)
        {
            _writeSuppressed(suppressed);
        }
    }
}
