using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Admission;

/// <summary>
/// The places that one handshake holds: in its cluster, of its user, and at one node at a time, released exactly once.
/// The tunnel that the handshake opens takes them over; disposing returns the others. Not thread-safe.
/// </summary>
internal sealed class HandshakeReservation(ClusterAdmission gate, string? user) : IDisposable
{
    private static readonly Task<TimeSpan?> AtOnce = Task.FromResult<TimeSpan?>(null);

    private NodeLimits? _at;
    private bool _isReleased;

    /// <summary>Takes a place at a node, and returns the place at the previous one.</summary>
    /// <returns>Whether there was a free place; if not, no place at a node is held.</returns>
    public bool TryTake(Node node)
    {
        var from = _at;
        _at = null;
        _at = gate.Move(from, node);
        return _at is not null;
    }

    /// <summary>
    /// Waits until the rate of the node allows one more handshake, unless the wait would be too long.
    /// </summary>
    /// <param name="maxWait">The time that is left for the handshake.</param>
    /// <param name="clientDisconnected">Cancelled when the client disconnects. Ends the wait, and returns the turn to
    /// the node.</param>
    /// <returns>The time after which the client should retry, if the wait would be too long; null if the handshake may
    /// be sent, or its client has disconnected.</returns>
    public Task<TimeSpan?> TurnAsync(TimeSpan maxWait, CancellationToken clientDisconnected)
    {
        var limits = gate.Cluster.Current.Settings.Get<LimitOptions>();
        if (limits.HandshakesPerSecondPerNode is not { } rate || _at is not { Bucket: var bucket })
        {
            return AtOnce;
        }

        var turn = bucket.Take(rate, limits.SlowStart, maxWait);
        return turn switch
        {
            { RetryWithin: { } span } => Task.FromResult<TimeSpan?>(RetryAfter.Within(span)),
            { Wait.Ticks: 0 } => AtOnce,
            _ => WaitAsync(bucket, turn.Wait, clientDisconnected),
        };
    }

    /// <summary>Registers the tunnel that the handshake has opened, which takes over the places.</summary>
    public void Open(Tunnel tunnel)
    {
        _isReleased = true;
        gate.Open(tunnel, user, _at);
    }

    public void Dispose()
    {
        if (!_isReleased)
        {
            _isReleased = true;
            gate.EndReservation(user, _at);
        }
    }

    private async Task<TimeSpan?> WaitAsync(HandshakeBucket bucket, TimeSpan wait, CancellationToken clientDisconnected)
    {
        await Task.Delay(wait, gate.Time, clientDisconnected).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (clientDisconnected.IsCancellationRequested)
        {
            bucket.Refund();
        }

        return null;
    }
}
