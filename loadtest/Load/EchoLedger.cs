namespace WsBalancer.LoadTest.Load;

/// <summary>The messages of one connection whose echo is pending. Thread-safe.</summary>
/// <remarks>
/// A sequence number consists of the connection's number and the message's number. So an echo on the wrong connection
/// is detected, and duplicates are detected without a history.
/// </remarks>
internal sealed class EchoLedger(int connection)
{
    /// <summary>The largest number of connections for which sequence numbers have room.</summary>
    public const int MaxConnections = 1 << ConnectionBits;

    private const int ConnectionBits = 20;

    private readonly Lock _gate = new();
    private readonly Dictionary<long, SendTimes> _awaited = [];
    private long _issued;

    public int Outstanding
    {
        get
        {
            lock (_gate)
            {
                return _awaited.Count;
            }
        }
    }

    /// <summary>Records a message that will be sent, and returns its sequence number.</summary>
    public long Issue(SendTimes departure)
    {
        lock (_gate)
        {
            var sequence = (_issued++ << ConnectionBits) | (uint)connection;
            _awaited.Add(sequence, departure);
            return sequence;
        }
    }

    /// <summary>Removes a message that could not be sent.</summary>
    public void Withdraw(long sequence)
    {
        lock (_gate)
        {
            _awaited.Remove(sequence);
        }
    }

    /// <summary>Records an echo. The departure is that of its message, if its echo was pending.</summary>
    public EchoVerdict Settle(long sequence, out SendTimes departure)
    {
        lock (_gate)
        {
            if (_awaited.Remove(sequence, out departure))
            {
                return EchoVerdict.Awaited;
            }

            var isOurs = (sequence & (MaxConnections - 1)) == connection
                && sequence >= 0
                && sequence >> ConnectionBits < _issued;
            return isOurs ? EchoVerdict.Duplicate : EchoVerdict.Foreign;
        }
    }
}

/// <summary>The intended and the actual send time of a message, as timestamps.</summary>
internal readonly record struct SendTimes(long Intended, long Actual);

/// <summary>The result of matching an echo with the sent messages.</summary>
internal enum EchoVerdict
{
    Awaited,

    /// <summary>The message was sent on this connection, but its echo has already been received.</summary>
    Duplicate,

    /// <summary>The message was never sent on this connection.</summary>
    Foreign,
}
