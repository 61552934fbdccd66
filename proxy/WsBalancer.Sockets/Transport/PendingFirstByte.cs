namespace WsBalancer.Sockets.Transport;

/// <summary>The pending timeout of one connection in <see cref="FirstByteTimeouts"/>.</summary>
internal sealed class PendingFirstByte
{
    private readonly FirstByteTimeouts _timeouts;
    private int _isStopped;

    public PendingFirstByte(FirstByteTimeouts timeouts, IFirstByteTimeout connection, long since)
    {
        _timeouts = timeouts;
        Connection = connection;
        Since = since;
        Place = new LinkedListNode<PendingFirstByte>(this);
    }

    public IFirstByteTimeout Connection { get; }

    public long Since { get; }

    public LinkedListNode<PendingFirstByte> Place { get; }

    /// <summary>Stops the timeout, which has expired, or whose client has sent something or disconnected.</summary>
    /// <returns>Whether this is the first call.</returns>
    public bool Stop()
    {
        if (_isStopped != 0 || Interlocked.Exchange(ref _isStopped, 1) != 0)
        {
            return false;
        }

        _timeouts.Remove(Place);
        return true;
    }
}
