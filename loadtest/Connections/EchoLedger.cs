namespace WsBalancer.LoadTest.Connections;

/// <summary>The messages of one connection that await their echo. Thread-safe.</summary>
/// <remarks>A sequence number is made of the connection's number and the message's, so that an echo that came to the
/// wrong connection is known as such, and no history is needed to tell a duplicate.</remarks>
internal sealed class EchoLedger(int connection)
{
    /// <summary>How many connections the numbering has room for.</summary>
    public const int MaxConnections = 1 << ConnectionBits;

    private const int ConnectionBits = 20;

    private readonly Lock _gate = new();
    private readonly Dictionary<long, Departure> _awaited = [];
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

    /// <summary>Enters a message that is about to be sent, and returns its sequence number.</summary>
    public long Issue(Departure departure)
    {
        lock (_gate)
        {
            var sequence = (_issued++ << ConnectionBits) | (uint)connection;
            _awaited.Add(sequence, departure);
            return sequence;
        }
    }

    /// <summary>Takes back a message that could not be sent.</summary>
    public void Withdraw(long sequence)
    {
        lock (_gate)
        {
            _awaited.Remove(sequence);
        }
    }

    /// <summary>Enters an echo. The departure is that of its message, if it was awaited.</summary>
    public EchoVerdict Settle(long sequence, out Departure departure)
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
