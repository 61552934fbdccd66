using System.Net;

namespace WsBalancer.Sockets.Loops;

/// <summary>
/// The attempts of a <see cref="LoopConnect"/> at the addresses after the first, and the delay before each of them.
/// </summary>
internal sealed class LaterAttempts
{
    private readonly List<Attempt> _attempts = [];
    private readonly LoopConnect _connect;
    private readonly TimeProvider _time;
    private readonly TimeSpan _delay;
    private readonly ITimer _timer;
    private long _lastBegun;

    public LaterAttempts(LoopConnect connect, TimeProvider time, TimeSpan delay)
    {
        _connect = connect;
        _time = time;
        _delay = delay;
        _timer = time.CreateTimer(
            static connect => CallbackState.Of<LoopConnect>(connect).DelayExpired(),
            connect,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan);
    }

    /// <summary>
    /// Whether the delay is over. After the timer fired, a failure may have started the next attempt.
    /// </summary>
    // Half of the delay, because timers are less exact than clocks.
    public bool IsNextDue => _time.GetElapsedTime(_lastBegun) >= _delay / 2;

    /// <summary>Begins the delay before the next attempt.</summary>
    public void DelayNext()
    {
        _lastBegun = _time.GetTimestamp();
        _timer.Change(_delay, Timeout.InfiniteTimeSpan);
    }

    public void Add(LoopSocket socket, IPAddress address)
    {
        var attempt = new Attempt(_connect, socket, address);
        socket.Handler = attempt;
        _attempts.Add(attempt);
    }

    public void CloseAll(LoopSocket? except)
    {
        foreach (var attempt in _attempts)
        {
            if (attempt.Socket != except)
            {
                attempt.Socket.Close();
            }
        }
    }

    /// <summary>Ends the delay: no further attempt begins.</summary>
    public void Stop() => _timer.Dispose();

    private sealed class Attempt(LoopConnect connect, LoopSocket socket, IPAddress address) : ISocketHandler
    {
        public LoopSocket Socket => socket;

        public void OnWritable() => connect.Connected(socket, address);

        public void OnError(int error) => connect.AddressFailed(socket, error);

        public void OnReceived(ReadOnlySpan<byte> bytes) =>
            throw new InvalidOperationException("A connecting socket delivers no bytes.");

        public void OnEof() => throw new InvalidOperationException("A connecting socket delivers no FIN.");
    }
}
