namespace WsBalancer.Sockets.Transport;

/// <summary>A connection that is closed unless its client sends something in time.</summary>
internal interface IFirstByteTimeout
{
    /// <summary>
    /// The client has sent nothing in time, or its first bytes are being received at this moment. On any thread.
    /// </summary>
    /// <param name="pending">The timeout: the connection ends only if this call stops it.</param>
    public void TimedOut(PendingFirstByte pending);
}

/// <summary>
/// The connections whose clients have sent nothing yet: each connection is notified after the timeout. Thread-safe.
/// </summary>
/// <remarks>
/// All connections have the same timeout, so a list in the order of their start needs only one timer. A connection that
/// ends or receives something leaves the list at once.
/// </remarks>
internal sealed class FirstByteTimeouts : IDisposable
{
    // Connections whose timeouts expire within this time are notified together.
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);

    private readonly TimeSpan? _timeout;
    private readonly TimeProvider _time;
    private readonly LinkedList<PendingFirstByte> _oldestFirst = [];
    private readonly Lock _lock = new();
    private readonly ITimer _timer;
    private bool _isTimerSet;

    // A null timeout means that a client may send nothing for ever.
    public FirstByteTimeouts(TimeSpan? timeout, TimeProvider time)
    {
        _timeout = timeout;
        _time = time;
        _timer = time.CreateTimer(
            static self => CallbackState.Of<FirstByteTimeouts>(self).Expire(),
            this,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan);
    }

    /// <summary>Starts the timeout of a new connection.</summary>
    /// <returns>The timeout, which the connection must stop; null if there is no timeout.</returns>
    public PendingFirstByte? Start(IFirstByteTimeout connection)
    {
        if (_timeout is not { } timeout)
        {
            return null;
        }

        var pending = new PendingFirstByte(this, connection, _time.GetTimestamp());
        lock (_lock)
        {
            _oldestFirst.AddLast(pending.Place);
            if (!_isTimerSet)
            {
                _isTimerSet = true;
                _timer.Change(timeout, Timeout.InfiniteTimeSpan);
            }
        }

        return pending;
    }

    public void Dispose() => _timer.Dispose();

    /// <summary>Removes a connection from the list. Its timeout may have removed it before.</summary>
    public void Remove(LinkedListNode<PendingFirstByte> place)
    {
        lock (_lock)
        {
            if (place.List is not null)
            {
                _oldestFirst.Remove(place);
            }
        }
    }

    private void Expire()
    {
        if (_timeout is not { } timeout)
        {
            return;
        }

        foreach (var pending in TakeExpired(timeout))
        {
            pending.Connection.TimedOut(pending);
        }
    }

    private List<PendingFirstByte> TakeExpired(TimeSpan timeout)
    {
        var expired = new List<PendingFirstByte>();
        lock (_lock)
        {
            while (_oldestFirst.First is { Value: var oldest })
            {
                var left = timeout - _time.GetElapsedTime(oldest.Since);
                if (left > TimeSpan.Zero)
                {
                    _timer.Change(left > Step ? left : Step, Timeout.InfiniteTimeSpan);
                    return expired;
                }

                _oldestFirst.RemoveFirst();
                expired.Add(oldest);
            }

            _isTimerSet = false;
        }

        return expired;
    }
}
