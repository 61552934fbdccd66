using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Placement;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Admission;

/// <summary>The places of one handshake at its <see cref="ClusterAdmission"/>, released exactly once.</summary>
internal sealed class HandshakeReservation(ClusterAdmission gate, string? user) : IHandshakePlace
{
    private static readonly Task<TimeSpan?> AtOnce = Task.FromResult<TimeSpan?>(null);

    private NodeLimits? _at;
    private bool _isReleased;

    public bool TryTake(Node node)
    {
        var from = _at;
        _at = null;
        _at = gate.Move(from, node);
        return _at is not null;
    }

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
